import pino, { type DestinationStream } from 'pino';
import { attributesOf, type GenerationFacts, type GenerationObserver } from './generation-facts.ts';

/**
 * One JSON line on standard output for every generation that has ended; what failed, at level `error`.
 * @param destination where the lines go; standard output unless said otherwise.
 */
export function createGenerationLines(destination: DestinationStream = pino.destination({ fd: 1, sync: true })) {
  const logger = pino({ base: undefined, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  const observer: GenerationObserver = {
    ended(facts: GenerationFacts) {
      const attributes = attributesOf(facts);
      if (facts.finish.outcome === 'failed') logger.error(attributes, 'generation');
      else logger.info(attributes, 'generation');
    },
  };
  return observer;
}
