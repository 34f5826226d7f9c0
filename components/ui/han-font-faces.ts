import '@fontsource-variable/noto-sans-sc';

// A module of its own, so that these hundred faces are not in the style sheet of the first load.
export const family = 'Noto Sans SC Variable';
