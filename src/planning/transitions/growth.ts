/** What grows by the same factor every year: so many times as much after some years, which may be below 0. */
export function grown(perYear: number, years: number): number {
  return Math.exp(years * Math.log(perYear))
}
