import { RequestMethod, type INestApplicationContext, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, VERSION_METADATA } from '@nestjs/common/internal';
import { ApplicationConfig, DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';
import { ruleOf } from './access-guard.js';
import type { AccessRule } from './access-rule.js';

export interface DeclaredRoute {
  /** Upper case; `ALL` for every method. */
  readonly method: string;
  /** As served, parameters as `:id`. */
  readonly path: string;
  readonly controller: string;
  readonly handler: string;
  readonly access: AccessRule | undefined;
}

type Controller = Type<Readonly<Record<string, object | undefined>>>;

/** Every route of every controller, as it is served, with its rule. Works before and after the application listens. */
export function listRoutes(app: INestApplicationContext): readonly DeclaredRoute[] {
  const controllers = new DiscoveryService(app.get(ModulesContainer))
    .getControllers()
    .flatMap(({ metatype }) => (typeof metatype === 'function' ? [metatype as Controller] : []));
  return [...new Set(controllers)].flatMap((controller) => routesOf(controller, app.get(ApplicationConfig)));
}

/** Throws, naming them all, when some route has no rule. To be called before the application listens. */
export function assertEveryRouteHasARule(app: INestApplicationContext): void {
  const open = listRoutes(app).filter((route) => route.access === undefined);
  if (open.length === 0) return;
  const lines = open.map(({ method, path, controller, handler }) => `  ${method} ${path} (${controller}.${handler})`);
  throw new Error(`These routes declare no access rule; give each an @Access(…):\n${lines.join('\n')}`);
}

function routesOf(controller: Controller, config: ApplicationConfig): DeclaredRoute[] {
  const paths = new RoutePathFactory(config);
  const handlers: Readonly<Record<string, object>> = controller.prototype;
  return new MetadataScanner().getAllMethodNames(handlers).flatMap((name) => {
    const handler = handlers[name];
    if (handler === undefined) return [];
    const methodPaths = pathsOf(handler);
    const method: RequestMethod = Reflect.getMetadata(METHOD_METADATA, handler);
    return pathsOf(controller).flatMap((ctrlPath) =>
      methodPaths
        .flatMap((methodPath) =>
          paths.create(
            {
              ctrlPath: slashed(ctrlPath),
              methodPath: slashed(methodPath),
              globalPrefix: slashed(config.getGlobalPrefix()),
              controllerVersion:
                Reflect.getMetadata(VERSION_METADATA, controller) ?? config.getVersioning()?.defaultVersion,
              methodVersion: Reflect.getMetadata(VERSION_METADATA, handler),
              versioningOptions: config.getVersioning(),
            },
            method,
          ),
        )
        .map((path) => ({
          method: RequestMethod[method],
          path,
          controller: controller.name,
          handler: name,
          access: ruleOf(handler),
        })),
    );
  });
}

const slashed = (path: string): string => (path === '' || path.startsWith('/') ? path : `/${path}`);

function pathsOf(declared: object): readonly string[] {
  const paths: string | readonly string[] | undefined = Reflect.getMetadata(PATH_METADATA, declared);
  return typeof paths === 'string' ? [paths] : (paths ?? []);
}
