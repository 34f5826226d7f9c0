import { cookies } from 'next/headers';
import { SettingsScreen } from '../../components/settings/settings-screen.tsx';
import { parseTheme, themeCookieName } from '../../components/shell/theme.ts';
import { readSettingsPage } from '../../lib/server/page-data.ts';

/** Providers, models, appearance, data. */
export default async function SettingsPage() {
  const theme = parseTheme((await cookies()).get(themeCookieName)?.value);
  return <SettingsScreen data={await readSettingsPage()} theme={theme} />;
}
