package dev.ringlift.relinker.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Handles of the C library's functions. Every pointer is declared as a 64-bit integer, which is how
 * both supported ABIs (x86-64 and AArch64 Linux) pass it: addresses then need no wrapping on the
 * hot path. Each handle takes the segment that receives errno as its first argument.
 */
final class LibC {
  static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  static final long ERRNO_OFFSET =
      CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  static final MethodHandle OPENAT =
      variadic("openat", 3, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
  static final MethodHandle GETDENTS =
      function("getdents64", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final MethodHandle LINKAT =
      function("linkat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final MethodHandle UNLINKAT =
      function("unlinkat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final MethodHandle MKDIRAT = function("mkdirat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final MethodHandle RENAMEAT =
      function("renameat", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
  static final MethodHandle STATX =
      function("statx", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle FSTATFS = function("fstatfs", JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle FLOCK = function("flock", JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle FSYNC = function("fsync", JAVA_INT, JAVA_INT);
  static final MethodHandle SYNCFS = function("syncfs", JAVA_INT, JAVA_INT);
  static final MethodHandle FTRUNCATE = function("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle READ = function("read", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final MethodHandle WRITE = function("write", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

  /** The raw system call, for what the C library has no function for; up to four arguments. */
  static final MethodHandle SYSCALL =
      variadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private LibC() {}

  private static MethodHandle function(String name, ValueLayout result, ValueLayout... arguments) {
    return link(
        name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
  }

  private static MethodHandle variadic(
      String name, int fixedArguments, ValueLayout result, ValueLayout... arguments) {
    return link(
        name,
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(fixedArguments));
  }

  private static MethodHandle link(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }
}
