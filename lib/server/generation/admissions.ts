/** Places taken by questions that are on their way to the disk, by owner. */
export class Admissions {
  readonly #places = new Map<string, number>();

  of(ownerId: string): number {
    return this.#places.get(ownerId) ?? 0;
  }

  get total(): number {
    return [...this.#places.values()].reduce((sum, places) => sum + places, 0);
  }

  /** Keeps so many places while `work` goes on. */
  async during<T>(ownerId: string, count: number, work: () => Promise<T>): Promise<T> {
    this.#add(ownerId, count);
    try {
      return await work();
    } finally {
      this.#add(ownerId, -count);
    }
  }

  #add(ownerId: string, count: number): void {
    const places = this.of(ownerId) + count;
    if (places > 0) this.#places.set(ownerId, places);
    else this.#places.delete(ownerId);
  }
}
