import { resolve } from 'node:path';

/** What `npm start` itself reads of the environment; everything else is passed on to the engine as it is. */
export interface LauncherSettings {
  dataDir: string;
  port: number;
  emulatorPort: number;
  crmPort: number;
  /** Set: no embedded Postgres, and every secret has to be given. */
  databaseUrl: string | null;
  migrateUrl: string | null;
}

/** Throws with every problem at once. */
export function launcherSettings(environment: NodeJS.ProcessEnv): LauncherSettings {
  const problems: string[] = [];
  const port = (name: string, fallback: number): number => {
    const text = environment[name]?.trim();
    if (!text) return fallback;
    const value = Number(text);
    if (Number.isInteger(value) && value > 0 && value < 65_536) return value;
    problems.push(`${name} is no port. Write a number from 1 to 65535, or leave it out for ${fallback}.`);
    return fallback;
  };
  const settings: LauncherSettings = {
    dataDir: resolve(environment['DATA_DIR']?.trim() || '.data'),
    port: port('PORT', 3000),
    emulatorPort: port('EMULATOR_PORT', 3900),
    crmPort: port('CRM_PORT', 3901),
    databaseUrl: environment['DATABASE_URL']?.trim() || null,
    migrateUrl: environment['DATABASE_MIGRATE_URL']?.trim() || environment['DATABASE_URL']?.trim() || null,
  };
  if (new Set([settings.port, settings.emulatorPort, settings.crmPort]).size < 3) {
    problems.push('PORT, EMULATOR_PORT and CRM_PORT must differ. Give each its own port.');
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}
