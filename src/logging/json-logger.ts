import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import { redact, redactDeep } from './redaction.js';

/** Nest's log as one JSON object per line, redacted. */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(level: string, destination?: DestinationStream) {
    const options = { level, base: { pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'msg' };
    this.pino = destination === undefined ? pino(options) : pino(options, destination);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest hands on the message, then what was logged with it, then the name of the logger; an error's stack comes as text. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const last = rest.at(-1);
    const context = typeof last === 'string' ? last : undefined;
    const others = (context === undefined ? rest : rest.slice(0, -1)).filter((item) => item !== undefined);
    const fields: Record<string, unknown> = context === undefined ? {} : { context };
    if (others.length > 0) fields.details = redactDeep(others);
    if (message instanceof Error) this.pino[level]({ ...fields, err: redactDeep(message) }, redact(message.message));
    else if (typeof message === 'object' && message !== null) this.pino[level]({ ...fields, ...Object(redactDeep(message)) });
    else this.pino[level](fields, redact(String(message)));
  }
}
