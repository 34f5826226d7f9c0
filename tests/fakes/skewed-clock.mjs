// @ts-check
// For `node --import`: the wall clock of the whole process is wrong by SKEW_MS. The monotonic one is not, as on a real machine.
const skew = Number(process.env.SKEW_MS ?? 0);
const RealDate = Date;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + skew] : args, newTarget),
  apply: () => new RealDate(RealDate.now() + skew).toString(),
  get: (target, key) => (key === 'now' ? () => RealDate.now() + skew : Reflect.get(target, key)),
});
