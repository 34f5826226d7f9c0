# The server and nothing else: the first stage runs what `npm run image -- FOLDER` runs on any machine, the second holds
# only that folder. Node is the base image's, 24.15 or newer.
FROM node:24-trixie-slim AS build
WORKDIR /build
# Installing is a layer of its own: it is made anew only when the lock file changes.
COPY package.json package-lock.json ./
COPY packages/splitter/package.json packages/splitter/
COPY scripts scripts
RUN node scripts/ensure.mjs
COPY . .
RUN node scripts/image.mjs /image

FROM node:24-trixie-slim
LABEL org.opencontainers.image.title="Thinkglass" \
      org.opencontainers.image.description="A chat web app that is a window onto how reasoning models think" \
      org.opencontainers.image.licenses="MIT"
# Owned by root and read only to the server; it writes in /data alone.
COPY --from=build /image /app
RUN install -d -o node -g node -m 700 /data
WORKDIR /app
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 THINKGLASS_DATA=/data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "scripts/alive.mjs"]
CMD ["node", "scripts/serve.mjs"]
