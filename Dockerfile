# Images are named by digest, so that each build has the same ones. Dependabot proposes new digests; by hand,
# `docker buildx imagetools inspect <image>:<tag>` prints the digest of a tag.
FROM eclipse-temurin:25-jdk@sha256:97014c4b396021f9ddb7d592a7dbedb0c4e4215c29e03dc01c393558aefb71c2 AS build
WORKDIR /build
COPY mvnw pom.xml ./
COPY .mvn .mvn
COPY src/main src/main
RUN --mount=type=cache,target=/m2 \
    MAVEN_USER_HOME=/m2 ./mvnw -B -ntp -Dmaven.repo.local=/m2/repository package -Dwithout.checks -Psbom
# Layers, so that a new version of Sluice costs a few hundred kilobytes and not the libraries again.
RUN java -Djarmode=tools -jar target/sluice.jar extract --layers --destination layers

FROM eclipse-temurin:25-jre@sha256:fcd7fd7b387f94bb2ac461478a7436ad8e349924c374ea8313919624dceae636
LABEL org.opencontainers.image.title="Sluice" \
      org.opencontainers.image.description="A self-hosted FHIR R4 Bulk Data server" \
      org.opencontainers.image.licenses="Apache-2.0"
# The account needs a name: the embedded PostgreSQL refuses to run as root or as a user without one.
RUN groupadd --system --gid 10001 sluice \
 && useradd --system --uid 10001 --gid sluice --home-dir /data --no-create-home --shell /usr/sbin/nologin sluice \
 && install --directory --owner=sluice --group=sluice --mode=0700 /data
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./

# What the JVM learns in one run (classes, linked and laid out) is kept, and read back at each start, which then takes half
# the time. The run has an embedded PostgreSQL and a first export of the sample population.
COPY --chmod=0755 docker/train.sh /usr/local/bin/train
RUN install --directory --owner=sluice --group=sluice /training \
 && chown sluice:sluice /app
USER 10001:10001
RUN train /app/sluice.aot /training
USER root
RUN chown -R root:root /app && rm -rf /training /usr/local/bin/train

# A container is reached from outside or not at all; without sluice.security.allow-open, mode open then refuses to start.
# In JAVA_TOOL_OPTIONS and not in the command, so that an operator can replace them. The heap leaves room for the
# direct buffers of exports. If the cache does not fit, say to another JVM, it is left aside.
ENV SLUICE_HOME=/data \
    SERVER_ADDRESS=0.0.0.0 \
    JAVA_TOOL_OPTIONS="-XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError -XX:AOTCache=/app/sluice.aot"
VOLUME /data
EXPOSE 8080
USER 10001:10001

# Bash speaks enough HTTP for this; the image needs no curl, and a probe starts no second JVM.
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r -t 4 _ code _ <&3 && [ \"$code\" = 200 ]"]

ENTRYPOINT ["java", "-jar", "sluice.jar"]
