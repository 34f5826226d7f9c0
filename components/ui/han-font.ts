import { useEffect } from 'react';

const han = /[\u3400-\u9fff\uf900-\ufaff]/;
let wanted = false;

/**
 * Fetches a typeface for Chinese once there is Chinese to read: not every machine has one, and models mix languages.
 * Only the parts of it that hold the characters on the page are loaded, and only where the machine has none of its own.
 */
export function useHanFont(text: string): void {
  useEffect(() => {
    if (wanted || !han.test(text)) return;
    wanted = true;
    import('./han-font-faces.ts').catch(() => {
      wanted = false; // offline, or a new version was deployed: the next text asks again
    });
  }, [text]);
}
