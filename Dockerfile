# Osvitlo as one static program on an empty image. It writes to /data only, so it may run
# with a read-only root file system:
#   docker build -t osvitlo .
#   docker run --read-only -p 8080:8080 -v osvitlo:/data osvitlo serve --demo
FROM golang:1.26.8 AS build
WORKDIR /src
ENV GOCACHE=/gocache
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY cmd cmd
COPY internal internal
COPY content content
COPY locales locales
COPY static/*.go static/
COPY static/dist static/dist
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/gocache \
    CGO_ENABLED=0 go build -trimpath -o /out/osvitlo ./cmd/osvitlo
RUN mkdir /out/data

FROM scratch
# Roots of trust for MongoDB and S3 over TLS; time zones are inside the program.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/osvitlo /osvitlo
COPY --from=build --chown=10001:10001 /out/data /data
# There is no /tmp: what SQLite sorts or a form uploads is held in the data folder.
ENV OSVITLO_LISTEN=0.0.0.0:8080 OSVITLO_ADMIN_LISTEN=127.0.0.1:8081 OSVITLO_DATA=/data TMPDIR=/data
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["/osvitlo", "healthcheck"]
ENTRYPOINT ["/osvitlo"]
CMD ["serve"]
