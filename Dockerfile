# The images of operator and agent where there is a registry and a container engine:
#   docker build --target operator -t REGISTRY/ringlift-operator:TAG .
#   docker build --target agent -t REGISTRY/ringlift-agent:TAG .
# What is in them is bin/images' work, which also makes archives without either. bin/try-dockerfile builds them by Buildah.

# Any image with JDK 25, Maven and bash; the images get its Java and its C library.
ARG BUILDER=docker.io/library/maven:3-eclipse-temurin-25

FROM ${BUILDER} AS build
WORKDIR /source
COPY . .
RUN mvn -q -B -ntp -pl operator,agent -am -DskipTests -Dspotless.check.skip=true package && bin/images --folders --out /images

FROM scratch AS operator
COPY --from=build /images/ringlift-operator /
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/opt/java/bin/java", "@/opt/ringlift/java.args"]

FROM scratch AS agent
COPY --from=build /images/ringlift-agent /
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["/opt/java/bin/java", "@/opt/ringlift/java.args"]
