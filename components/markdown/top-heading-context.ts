import { createContext } from 'react';

/** The highest heading of the text around, from 1 to 6. */
export const TopHeading = createContext(1);
