package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Gives up root for another user, as Swift's daemons do at their start. The C library does it for
 * all threads of the process.
 */
public final class Privileges {
  private static final long UID_OFFSET = 16;
  private static final long GID_OFFSET = 20;

  private Privileges() {}

  /**
   * Becomes this user, with its group and supplementary groups. Does nothing when the process is
   * that user already.
   *
   * @throws IOException when there is no such user, or the process may not become it
   */
  public static void drop(String user) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment account = account(arena, user);
      int uid = account.get(JAVA_INT, UID_OFFSET);
      int gid = account.get(JAVA_INT, GID_OFFSET);
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

  /**
   * Looks the account up wherever this machine has its users, as Swift does (getpwnam(3)). {@code
   * struct passwd} begins with two pointers, uid and gid on every Linux.
   */
  private static MemorySegment account(Arena arena, String user) throws Throwable {
    MethodHandle getpwnam =
        function("getpwnam", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    MemorySegment found = (MemorySegment) getpwnam.invokeExact(arena.allocateFrom(user));
    if (found.address() == 0) {
      throw new IOException("There is no user " + user);
    }
    return found.reinterpret(GID_OFFSET + JAVA_INT.byteSize());
  }
}
