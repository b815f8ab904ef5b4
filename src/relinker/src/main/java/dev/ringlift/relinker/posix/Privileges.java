package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Gives up root for another user, as Swift's daemons do at their start. The C library does it for
 * all threads of the process.
 */
public final class Privileges {
  private Privileges() {}

  /**
   * Becomes this user, with its group and supplementary groups. Does nothing when the process is
   * that user already.
   *
   * @throws IOException when there is no such user, or the process may not become it
   */
  public static void drop(String user) throws IOException {
    String[] account = account(user);
    int uid = Integer.parseInt(account[2]);
    int gid = Integer.parseInt(account[3]);
    try (Arena arena = Arena.ofConfined()) {
      boolean root = (int) function("geteuid", FunctionDescriptor.of(JAVA_INT)).invokeExact() == 0;
      long name = arena.allocateFrom(user).address();
      MethodHandle initgroups =
          function("initgroups", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
      MethodHandle setgid = function("setgid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
      MethodHandle setuid = function("setuid", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
      boolean done =
          (!root || (int) initgroups.invokeExact(name, gid) == 0)
              && (int) setgid.invokeExact(gid) == 0
              && (int) setuid.invokeExact(uid) == 0;
      if (!done) {
        throw new IOException(
            "This process may not become the user " + user + ": start it as root, or as that user");
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }

  private static String[] account(String user) throws IOException {
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && fields[0].equals(user)) {
        return fields;
      }
    }
    throw new IOException("There is no user " + user + " in /etc/passwd");
  }
}
