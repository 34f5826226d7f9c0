/**
 * The questions that are recorded. The first phrasing is the one shown; the others are ways a person may put it.
 * They are compared without case, punctuation and white space.
 */
export const questions = {
  codebases: [
    'I can understand a codebase in 1.5 hours, an intern in 8. How long do three codebases take us together?',
    'I can understand a codebase in 1.5 hours; an intern needs 8 hours. How long do three codebases take us together?',
    'I understand a codebase in 1.5 hours, an intern in 8 hours. How long for three codebases together?',
    'It takes me 1.5 hours to understand a codebase and it takes an intern 8 hours. How long will it take us to understand three codebases together?',
    'If I need 1.5 hours to understand a codebase and an intern needs 8 hours, how long do we need for three codebases together?',
  ],
  boxes: [
    'Three boxes are labelled Apples, Oranges and Mixed, and every label is wrong. From which box do you take one fruit to know what is in all three?',
    'Three boxes are labeled Apples, Oranges and Mixed, and every label is wrong. From which box do you take one fruit to know what is in all three?',
    'Three boxes are labelled apples, oranges and mixed. All labels are wrong. How can you find out what is in each by taking one fruit?',
    'Three boxes are labeled apples, oranges and mixed. All labels are wrong. How can you find out what is in each by taking one fruit?',
  ],
  bills: [
    'I have 14 bills, only $5 and $10, worth $95 together. How many of each?',
    'I have 14 bills, only $5 and $10 bills, worth $95 in total. How many of each do I have?',
    'I have 14 bills worth $95, all of them $5 or $10. How many of each?',
  ],
  cubes: [
    'Prove that 1³ + 2³ + … + n³ = (n(n+1)/2)² for every positive integer n.',
    'Prove that 1^3 + 2^3 + ... + n^3 = (n(n+1)/2)^2 for every positive integer n.',
    'Prove that 1^3 + 2^3 + ... + n^3 = (n(n+1)/2)^2.',
    'Prove that the sum of the first n cubes is the square of the nth triangular number.',
    'Prove that the sum of the first n cubes is (n(n+1)/2)^2.',
  ],
  twoSum: [
    'Write a JavaScript function that finds two numbers in an array that add up to a target. How fast is it?',
    'Write a JavaScript function that finds two numbers in an array that add up to a target.',
    'Write a JavaScript function twoSum and tell me how fast it is.',
    'Write twoSum in JavaScript.',
  ],
  root: [
    'Solve √(x + 7) = x − 5.',
    'Solve √(x + 7) = x − 5 over the real numbers.',
    'Solve sqrt(x + 7) = x - 5.',
    'Find all real x with √(x + 7) = x − 5.',
    'Find all real x with sqrt(x + 7) = x - 5.',
  ],
  power: [
    'What are the last two digits of 7^2026?',
    'What are the last two digits of 7 to the power of 2026?',
    'Find the last two digits of 7^2026.',
  ],
  strawberry: [
    'How many times does the letter r appear in “strawberry”?',
    'How many times does the letter r appear in the word strawberry?',
    'How many r’s are in strawberry?',
    'How many rs are in strawberry?',
    'How many r’s are in the word strawberry?',
    'How many rs are in the word strawberry?',
    'How many r’s are there in strawberry?',
    'How many rs are there in strawberry?',
  ],
  chickens: [
    '鸡和兔关在同一个笼子里，共有 35 个头、94 只脚。鸡和兔各有几只？',
    '鸡兔同笼，共有35个头，94只脚，鸡和兔各有几只？',
    '鸡兔同笼，头共35，脚共94，问鸡兔各几只？',
  ],
  queens: [
    'In how many ways can eight queens stand on a chessboard so that none attacks another? Search by hand, do not recall the number.',
    'In how many ways can eight queens stand on a chessboard so that none attacks another?',
    'How many solutions does the eight queens puzzle have?',
    'How many solutions does the eight queens problem have?',
  ],
  capital: [
    'What is the capital of France?',
    'What’s the capital of France?',
    'Whats the capital of France?',
    'Capital of France?',
  ],
  hello: ['Hello!', 'Hi', 'Hey', 'Hello there', 'Hi there', 'Hey there'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type QuestionKey = keyof typeof questions;

/** A question as it is shown. */
export function questionText(key: QuestionKey): string {
  return questions[key][0];
}
