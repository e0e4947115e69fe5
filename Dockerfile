# Sluice as a container: built and run on Debian 12, non-root, nothing in it but the program.
#   docker build -t sluice .
#   docker run --read-only -v ./sluice.yaml:/etc/sluice/sluice.yaml:ro -v sluice:/var/lib/sluice -p 6432:6432 sluice
FROM debian:12-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends build-essential cmake ninja-build libboost1.81-dev libssl-dev libpq-dev \
      libpg-query-dev libprotobuf-c-dev postgresql-server-dev-15 nlohmann-json3-dev libspdlog-dev libfmt-dev libyaml-cpp-dev \
      libcli11-dev libsqlite3-dev \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY third_party third_party
COPY src src
RUN cmake --preset release && cmake --build --preset release --target sluice

FROM debian:12-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libssl3 libpq5 libspdlog1.10 libfmt9 libyaml-cpp0.7 libsqlite3-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/sluice --create-home --shell /usr/sbin/nologin sluice
COPY --from=build /source/build/release/sluice /usr/bin/sluice
USER 10001
WORKDIR /var/lib/sluice
VOLUME /var/lib/sluice
EXPOSE 6432 6480
HEALTHCHECK --interval=5s --timeout=3s --retries=6 CMD ["/usr/bin/sluice", "healthcheck", "--config", "/etc/sluice/sluice.yaml"]
ENTRYPOINT ["/usr/bin/sluice"]
CMD ["run", "--config", "/etc/sluice/sluice.yaml"]
