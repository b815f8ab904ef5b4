package dev.ringlift.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes the SBOMs of the applications, and of the images with them, and the licence report; ends
 * with 1 where a file is in no SBOM, or a licence is not allowed. Called by bin/sbom:
 *
 * <pre>SbomMain OUT JAVA-VERSION LIBC-VERSION COMPONENT…</pre>
 *
 * for each component, COMPONENT/target/maven-bom.json is what Maven resolved, and
 * COMPONENT/target/quarkus-app/lib has the jars.
 */
public final class SbomMain {
  private SbomMain() {}

  public static void main(String[] arguments) throws IOException {
    Path out = Files.createDirectories(Path.of(arguments[0]));
    List<Component> all = new ArrayList<>();
    try {
      for (int i = 3; i < arguments.length; i++) {
        all.addAll(write(out, Path.of(arguments[i]), arguments[1], arguments[2]).components());
      }
    } catch (Bom.UnlistedException e) {
      fail(String.valueOf(e.getMessage()));
    }
    LicenceReport report = new LicenceReport(all);
    Files.writeString(out.resolve("licences.md"), report.document());
    List<String> refused = report.refused();
    if (!refused.isEmpty()) {
      fail(
          "these licences are not on the list in Licences.java:\n  "
              + String.join("\n  ", refused));
    }
    System.err.printf(
        "%s: SBOMs, and licences of %d components%n",
        out, report.document().lines().filter(l -> l.startsWith("| ")).count());
  }

  /** What runs in the image is the application, Java, and Java's C library. */
  private static Bom write(Path out, Path component, String java, String libc)
      throws IOException, Bom.UnlistedException {
    Bom application =
        Bom.read(component.resolve("target/maven-bom.json"))
            .of(jars(component.resolve("target/quarkus-app/lib")));
    application.write(out.resolve("ringlift-" + component.getFileName() + ".cdx.json"));
    Bom image =
        application
            .and("platform", "openjdk", java, "GPL-2.0-with-classpath-exception")
            .and("library", "glibc", libc, "LGPL-2.1-or-later");
    image.write(out.resolve("ringlift-" + component.getFileName() + "-image.cdx.json"));
    return image;
  }

  private static Map<String, Path> jars(Path folder) throws IOException {
    Map<String, Path> jars = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        // ours are the application itself
        if (!String.valueOf(file.getFileName()).startsWith("dev.ringlift.")) {
          jars.put(sha256(file), file);
        }
      }
    }
    if (jars.isEmpty()) {
      throw new IOException("there are no jars in " + folder);
    }
    return jars;
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestInputStream digest =
            new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
      digest.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(digest.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void fail(String sentence) {
    System.err.println("sbom: " + sentence);
    System.exit(1);
  }
}
