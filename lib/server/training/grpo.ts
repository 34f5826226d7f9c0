import { advantagesOf, type Rewards, rewardWeights, sumRewards } from '../../lab/rewards.ts';
import { createRandom, type Random } from '../../lab/random.ts';
import { countedRewards, judgeText } from '../../zero/texts.ts';
import type { TaskPuzzle } from '../../zero/task.ts';
import type { SampleFigures } from '../../zero/training.ts';
import { type Decoding, decodeInTurns, loadModel } from '../protocols/inside/engine.ts';
import type { Network } from '../protocols/inside/network.ts';
import { writePuzzle } from '../protocols/inside/puzzle.ts';
import { type Lesson, Trainee } from '../protocols/inside/trainee.ts';
import { drawTrainingPuzzle } from './puzzles.ts';

/** How a step is made. Rate and warm-up are those of the shipped run; its steps are of four times as many samples. */
export interface Recipe {
  puzzles: number;
  samplesEach: number;
  rate: number;
  warmUpSteps: number;
  seed: number;
}

/** What a step came to, of the samples it learnt from. */
export interface Step extends SampleFigures {
  groupsThatTeachNothing: number;
  groups: number;
  entropy: number;
  /** How long the gradient was before it was clipped. */
  gradient: number;
}

interface Sample {
  puzzle: TaskPuzzle;
  prompt: number[];
  decoding: Decoding;
  rewards: Rewards;
  text: string;
}

/** So many samples are drawn at once. */
const atOnce = 32;
/** As the trainer's: a gradient is summed over tokens and divided by ten for each sample. */
const tokensOfSample = 10;
const largestSeed = 2 ** 31;

/** Reinforcement learning from a model's file, step by step: GRPO without its two divisions, on the rewards of R1-Zero. */
export class Grpo {
  readonly #recipe: Recipe;
  readonly #network: Network;
  readonly #trainee: Trainee;
  readonly #random: Random;
  readonly #heldOut: TaskPuzzle[];
  /** Steps made. */
  steps = 0;

  constructor(file: Uint8Array, recipe: Recipe) {
    this.#recipe = recipe;
    this.#network = loadModel(file);
    this.#trainee = new Trainee(file);
    this.#random = createRandom(recipe.seed);
    const puzzles = createRandom('held out');
    this.#heldOut = Array.from({ length: 128 }, (_, at) =>
      drawTrainingPuzzle(puzzles, { count: at % 2 === 0 ? 3 : 4, heldOut: true }),
    );
  }

  /** The weights by the names of the file's tensors. */
  weights(): Map<string, Float32Array> {
    return this.#trainee.weights();
  }

  /** One step. It pauses where it can, so that its thread listens in between. */
  *step(): Generator<void, Step> {
    const { puzzles, samplesEach, rate, warmUpSteps } = this.#recipe;
    const drawn = Array.from({ length: puzzles }, (_, at) =>
      drawTrainingPuzzle(this.#random, { count: at % 2 === 0 ? 3 : 4, heldOut: false }),
    );
    const samples = yield* this.#draw(drawn.flatMap((puzzle) => Array.from({ length: samplesEach }, () => puzzle)));
    const lessons: Lesson[] = [];
    let idle = 0;
    for (let from = 0; from < samples.length; from += samplesEach) {
      const group = samples.slice(from, from + samplesEach);
      const { advantages, teachesNothing } = advantagesOf(
        group.map(({ rewards }) => sumRewards(rewards, rewardWeights['r1-zero'])),
        'dr-grpo',
      );
      if (teachesNothing) {
        idle += 1;
        continue;
      }
      for (const [at, { prompt, decoding }] of group.entries()) {
        const weight = advantages[at] ?? 0;
        if (weight !== 0) lessons.push({ tokens: [...prompt, ...decoding.tokens], given: prompt.length, weight });
      }
    }
    let entropy = 0;
    let tokens = 0;
    for (const learnt of this.#trainee.learn(lessons)) {
      entropy += learnt.entropy * learnt.tokens;
      tokens += learnt.tokens;
      yield;
    }
    this.steps += 1;
    const warm = Math.min(1, this.steps / warmUpSteps);
    const gradient = this.#trainee.step(rate * warm, 1 / (samples.length * tokensOfSample));
    this.#network.load(this.#trainee.weights());
    return {
      ...figuresOf(samples),
      groupsThatTeachNothing: idle,
      groups: puzzles,
      entropy: tokens === 0 ? 0 : entropy / tokens,
      gradient,
    };
  }

  /** How it does on puzzles of number sets that no training has seen; always the same ones. */
  *evaluate(): Generator<void, SampleFigures> {
    return figuresOf(yield* this.#draw(this.#heldOut));
  }

  *#draw(puzzles: readonly TaskPuzzle[]): Generator<void, Sample[]> {
    const { vocabulary } = this.#network;
    const prompts = puzzles.map((puzzle) => vocabulary.encode(writePuzzle(puzzle)));
    const texts = prompts.map((prompt) => ({ prompt, temperature: 1, seed: Math.floor(this.#random() * largestSeed) }));
    const decodings = yield* decodeInTurns(this.#network, texts, atOnce);
    return decodings.map((decoding, at) => {
      const puzzle = puzzles[at] ?? { numbers: [], target: 0 };
      const text = vocabulary.decode(decoding.tokens);
      const { rewards } = judgeText(text, puzzle);
      return { puzzle, prompt: prompts[at] ?? [], decoding, rewards: countedRewards(rewards), text };
    });
  }
}

function figuresOf(samples: readonly Sample[]): SampleFigures {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length);
  return {
    samples: samples.length,
    accuracy: mean(({ rewards }) => rewards.accuracy),
    format: mean(({ rewards }) => rewards.format ?? 0),
    thinkingTokens: mean(({ decoding }) => decoding.thoughtTokens),
    mixed: mean(({ rewards: { language = 1 } }) => (language > 0 && language < 1 ? 1 : 0)),
    tokens: samples.reduce((sum, { decoding }) => sum + decoding.tokens.length, 0),
  };
}
