/** Puzzles to begin with for the models inside: easy, hard, and in Chinese. */
export const examplePuzzles = [
  'Use 3, 5 and 7 to make 26',
  'Use 3, 6, 10 and 12 to make 69',
  '用 4、6、9 得 42',
] as const;
