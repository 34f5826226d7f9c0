declare module 'parse-prometheus-text-format' {
  /** Reads Prometheus' text format; the package brings no types. */
  export default function parse(text: string): unknown[];
}
