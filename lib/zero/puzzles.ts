/** Puzzles to begin with for the models inside: easy, hard, and in Chinese. */
export const examplePuzzles = [
  'Use 3, 5 and 7 to make 26',
  'Use 2, 4, 9 and 11 to make 79',
  '用 4、6、9 得 30',
] as const;
