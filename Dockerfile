# One image for every process of Sluice; what a container does is its command and QUEUES.
#
#   docker build --target runtime -t sluice .            API, and workers of the pools orchestration and http
#   docker build --target command -t sluice-command .    workers of the pool command: with git and ssh

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
COPY scripts scripts
COPY libs libs
COPY temporal temporal
COPY apps apps
# Installs, compiles and bundles the workflows: the same program that `npm start` runs.
RUN --mount=type=cache,target=/root/.npm node scripts/bootstrap.mjs
# What only development needs goes: compilers, the embedded Postgres, the second Node, binaries of other systems.
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
    && rm -rf node_modules/node node_modules/node-bin-* node_modules/.sluice-installed \
    && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name '*-linux-gnu' -exec rm -r {} + \
    && ln -sf /usr/local/bin/node node_modules/.bin/node

FROM node:24.21.0-bookworm-slim AS runtime
WORKDIR /app
COPY package.json LICENSE ./
COPY bin bin
COPY examples examples
COPY templates templates
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
# A named volume takes over the owner of the folder that it is first mounted on.
RUN install --directory --owner=node --group=node --mode=700 /var/lib/sluice
ENV SLUICE_HOME=/var/lib/sluice SLUICE_WORKER_HOME=/var/lib/sluice
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:3000/health/ready').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/apps/api/main.js"]

FROM runtime AS command
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/*
USER node
# Connected to Temporal, on port 7233 (hexadecimal 1C41): state 01 is ESTABLISHED (proc(5), /proc/net/tcp).
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["grep", "-qE", ":1C41 01 ", "/proc/net/tcp", "/proc/net/tcp6"]
CMD ["node", "dist/apps/worker/main.js"]
