/**
 * Whose a deleted conversation is until it is purged: no viewer has this id, so every query that asks by owner passes it
 * by. Its generations are nobody's too, and take no more text.
 */
export const deletedOwner = 'nobody';
