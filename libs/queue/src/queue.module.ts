import { Inject, Module, type DynamicModule, type FactoryProvider, type OnApplicationShutdown } from '@nestjs/common';
import { Doorbell } from '@workflows/ports';
import { BullDoorbell } from './bull.doorbell.js';
import type { QueueConnection } from './queue.backend.js';

/** How long a stop waits for the answers that still run; what they leave behind is found by the sweeper. */
const CLOSE_TIMEOUT_MS = 10_000;

const CONNECTION = Symbol('workflows.queue-connection');

export interface QueueModuleOptions {
  imports?: DynamicModule['imports'];
  inject?: FactoryProvider['inject'];
  useFactory: FactoryProvider<QueueConnection>['useFactory'];
}

/** Provides the `Doorbell`, and closes it with the application. */
@Module({})
export class QueueModule implements OnApplicationShutdown {
  constructor(@Inject(Doorbell) private readonly doorbell: Doorbell) {}

  static forRoot(connection: QueueConnection): DynamicModule {
    return QueueModule.forRootAsync({ useFactory: () => connection });
  }

  static forRootAsync(options: QueueModuleOptions): DynamicModule {
    return {
      module: QueueModule,
      global: true,
      imports: options.imports ?? [],
      providers: [
        { provide: CONNECTION, useFactory: options.useFactory, inject: options.inject ?? [] },
        { provide: Doorbell, useFactory: (connection: QueueConnection) => new BullDoorbell(connection), inject: [CONNECTION] },
      ],
      exports: [Doorbell],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.doorbell.close(CLOSE_TIMEOUT_MS);
  }
}
