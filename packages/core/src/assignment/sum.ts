/**
 * Adds numbers of any sign and size with the rounding of one addition, not of all of them.
 *
 * A. Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974, doi:10.1002/zamm.19740540106
 */
export class Sum {
  #sum = 0
  #lost = 0

  add(term: number): void {
    const sum = this.#sum + term
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum
    this.#sum = sum
  }

  get value(): number {
    return this.#sum + this.#lost
  }
}
