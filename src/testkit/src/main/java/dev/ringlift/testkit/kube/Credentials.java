package dev.ringlift.testkit.kube;

import dev.ringlift.testkit.kube.Surroundings.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The secrets of one API server, in its folder: the administrator's token and the key pair that
 * signs service account tokens. The serving certificate is the API server's own work ({@code
 * --cert-dir}), so that no certificate has to be made here.
 */
record Credentials(
    Path tokens, Path signingKey, Path verifyingKey, String adminToken, Map<String, String> users) {

  /** A user's token is by its name in {@code users}. */
  static Credentials create(Path folder, List<User> others) throws IOException {
    String token = randomToken();
    // the form of kube-apiserver's --token-auth-file
    StringBuilder lines = new StringBuilder(token + ",admin,admin,system:masters\n");
    Map<String, String> users = new HashMap<>();
    for (User user : others) {
      users.put(user.name(), randomToken());
      lines.append(
          "%s,%s,%s,%s%n"
              .formatted(users.get(user.name()), user.name(), user.name(), user.group()));
    }
    Path tokens = folder.resolve("tokens.csv");
    Files.writeString(tokens, lines);
    KeyPair pair = keyPair();
    Path signing = folder.resolve("service-account.key");
    Files.writeString(signing, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    Path verifying = folder.resolve("service-account.pub");
    Files.writeString(verifying, pem("PUBLIC KEY", pair.getPublic().getEncoded()));
    return new Credentials(tokens, signing, verifying, token, Map.copyOf(users));
  }

  private static String randomToken() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** A kubeconfig for a bearer token. */
  static String kubeconfig(String server, Path certificates, String token) throws IOException {
    return """
    apiVersion: v1
    kind: Config
    clusters:
    - name: testkit
      cluster: {server: "%s", certificate-authority-data: %s}
    users:
    - name: user
      user: {token: "%s"}
    contexts:
    - name: testkit
      context: {cluster: testkit, user: user, namespace: default}
    current-context: testkit
    """
        .formatted(
            server, Base64.getEncoder().encodeToString(Files.readAllBytes(certificates)), token);
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no RSA", e);
    }
  }

  private static String pem(String kind, byte[] der) {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n".formatted(kind, text);
  }
}
