import { Injectable } from '@nestjs/common';
import { type ContactChange, type Json, type NodeOutcome, type Signal, terminal } from '@workflows/core';
import { type NodeContext, type NodeInput, NodeStrategy, NodeType } from '@workflows/ports';
import { askStore, storedOutcome } from '../stored.js';
import { type ContactUpdateConfig, contactUpdateSpec } from './contact-update.config.js';

@Injectable()
@NodeType(contactUpdateSpec)
export class ContactUpdateNode extends NodeStrategy {
  override run({ config }: NodeInput<ContactUpdateConfig>, context: NodeContext): NodeOutcome {
    const { set = {}, addTags = [], removeTags = [], optOut } = config;
    return askStore(
      {
        do: 'contact',
        set: ownFields(set),
        attributes: Object.fromEntries(
          Object.entries(set).flatMap(([name, value]) =>
            name.startsWith(ATTRIBUTE) ? [[name.slice(ATTRIBUTE.length), value]] : [],
          ),
        ),
        addTags: tagsOf(addTags),
        removeTags: tagsOf(removeTags),
        ...(optOut === undefined ? {} : { optOut }),
      },
      context,
    );
  }

  override resume(_input: NodeInput<ContactUpdateConfig>, _context: NodeContext, signal: Signal): NodeOutcome {
    return storedOutcome(signal);
  }
}

const ATTRIBUTE = 'attributes.';

function ownFields({ name, locale, timezone }: Record<string, Json>): ContactChange['set'] {
  return {
    ...(name === undefined
      ? {}
      : { name: fitting('name', name ?? '', (text) => text.length <= 200, 'a text of up to 200 characters') }),
    ...(locale === undefined
      ? {}
      : { locale: locale === null ? null : fitting('locale', locale, isLocale, 'a language tag, such as pt-BR') }),
    ...(timezone === undefined
      ? {}
      : {
          timezone:
            timezone === null ? null : fitting('timezone', timezone, isTimezone, 'an IANA zone, such as America/Sao_Paulo'),
        }),
  };
}

function fitting(field: string, value: Json, fits: (text: string) => boolean, what: string): string {
  if (typeof value === 'string' && fits(value)) return value;
  throw terminal('expr.failed', `"${field}" is not ${what} once it is rendered. Check its expressions.`);
}

function tagsOf(tags: string[]): string[] {
  if (tags.every((tag) => tag.trim() !== '' && tag.length <= 64)) return tags;
  throw terminal('expr.failed', 'A tag is empty, or longer than 64 characters, once it is rendered. Check its expressions.');
}

function isLocale(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
