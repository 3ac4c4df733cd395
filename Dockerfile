# One image for API and worker; ROLE tells them apart.
FROM node:22-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs/channels/package.json libs/channels/
COPY libs/core/package.json libs/core/
COPY libs/emulator/package.json libs/emulator/
COPY libs/engine/package.json libs/engine/
COPY libs/nodes/package.json libs/nodes/
COPY libs/ports/package.json libs/ports/
COPY libs/queue/package.json libs/queue/
COPY libs/simulator/package.json libs/simulator/
COPY libs/storage/package.json libs/storage/
COPY libs/testing/package.json libs/testing/
RUN npm ci
COPY tsconfig*.json ./
COPY libs libs
COPY src src
# The program and what it stands on; bench and tests are not in the image.
RUN npx tsc -b tsconfig.app.json && npm prune --omit=dev

FROM node:22-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules node_modules
COPY --from=build --chown=root:root /app/libs libs
COPY --from=build --chown=root:root /app/dist dist
COPY scripts scripts
COPY supabase/migrations supabase/migrations
# The code belongs to root, so that the process cannot change it.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD node -e "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
CMD ["node", "--enable-source-maps", "dist/main.js"]
