import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { TenantScope } from '@workflows/engine';
import { TenantStore } from '@workflows/storage';
import { Needs } from '../../access/access.decorators.js';
import { Operation } from '../../http/operation.js';
import { attributesSchema } from './attributes-schema.js';
import { ContactAttributesBody, ContactAttributesView } from './contact-attributes.dto.js';

/** What the tenant's contacts have under `contact.attributes`. */
@ApiTags('Conversations')
@Controller('v1/contact-attributes')
export class ContactAttributesController {
  constructor(
    private readonly scope: TenantScope,
    private readonly tenants: TenantStore,
  ) {}

  @Get()
  @Needs('read')
  @Operation({ summary: 'Get the schema of the attributes of contacts', type: ContactAttributesView })
  async get(): Promise<ContactAttributesView> {
    return { schema: await this.tenants.attributes(this.scope.tenantId) };
  }

  @Put()
  @Needs('admin')
  @Operation({
    summary: 'Replace the schema of the attributes of contacts',
    description:
      'Workflows that are published from now on are checked against it, and contact.update writes nothing else. Contacts keep what they have.',
    type: ContactAttributesView,
    refusals: { 400: 'The schema has another form.' },
  })
  async put(@Body() { schema }: ContactAttributesBody): Promise<ContactAttributesView> {
    return { schema: await this.tenants.putAttributes(this.scope.tenantId, attributesSchema(schema)) };
  }
}
