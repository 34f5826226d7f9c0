import type { ForeignOrigin } from '../exported.ts';

/** Programs whose exports can be read, as they are called. */
export const originLabels: Record<ForeignOrigin, string> = {
  chatgpt: 'ChatGPT',
  'open-webui': 'Open WebUI',
  deepseek: 'DeepSeek',
  librechat: 'LibreChat',
  lobehub: 'LobeHub',
  claude: 'Claude',
  'chat-ui': 'Hugging Face chat-ui',
};
