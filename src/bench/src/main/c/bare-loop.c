/*
 * The system calls that relinking and cleaning up cannot do without, and nothing else: no locks, no
 * state, no suffix hashes, no rules about which files are obsolete, no errors that are minded. What
 * it takes is the floor that a real relinker is held against; it must never see real data.
 *
 * usage: bare-loop relink|cleanup NEW_POWER DATADIR...     a process for each data dir
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct entry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

struct listing {
  char *memory;
  long size, length;
};

static int power, cleanup, data_dir;

static void list(struct listing *to, int fd) {
  to->length = 0;
  for (;;) {
    if (to->size - to->length < 32768) {
      to->size = to->size ? to->size * 2 : 65536;
      to->memory = realloc(to->memory, to->size);
    }
    long count = syscall(SYS_getdents64, fd, to->memory + to->length, to->size - to->length);
    if (count <= 0) {
      return;
    }
    to->length += count;
  }
}

static int open_directory(int base, const char *name) {
  return openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void move_hash(int old_suffix, int new_partition, const char *suffix, const char *hash) {
  static struct listing files;
  char path[512];
  int old = open_directory(old_suffix, hash);
  list(&files, old);
  int length = snprintf(path, sizeof path, "%s/%s", suffix, hash);
  if (!cleanup) {
    mkdirat(new_partition, suffix, 0777);
    mkdirat(new_partition, path, 0777);
  }
  for (long at = 0; at < files.length; at += ((struct entry *)(files.memory + at))->length) {
    struct entry *file = (struct entry *)(files.memory + at);
    if (file->name[0] == '.') {
      continue;
    }
    snprintf(path + length, sizeof path - length, "/%s", file->name);
    if (!cleanup) {
      linkat(old, file->name, new_partition, path, 0);
      continue;
    }
    /* The listing has the inode of the old name; the new one has to be looked at. */
    struct stat twin;
    if (fstatat(new_partition, path, &twin, AT_SYMLINK_NOFOLLOW) == 0
        && twin.st_ino == file->inode) {
      unlinkat(old, file->name, 0);
    }
  }
  close(old);
  if (cleanup) {
    unlinkat(old_suffix, hash, AT_REMOVEDIR);
  }
}

static void move_partition(unsigned long number) {
  static struct listing suffixes, hashes;
  char name[32];
  int targets[2] = {-1, -1};
  snprintf(name, sizeof name, "%lu", number);
  int partition = open_directory(data_dir, name);
  list(&suffixes, partition);
  for (long at = 0; at < suffixes.length; at += ((struct entry *)(suffixes.memory + at))->length) {
    struct entry *suffix = (struct entry *)(suffixes.memory + at);
    if (strlen(suffix->name) != 3) {
      continue;
    }
    int fd = open_directory(partition, suffix->name);
    list(&hashes, fd);
    int moved = 0;
    for (long in = 0; in < hashes.length; in += ((struct entry *)(hashes.memory + in))->length) {
      struct entry *hash = (struct entry *)(hashes.memory + in);
      if (strlen(hash->name) != 32) {
        continue;
      }
      char top[9] = {0};
      memcpy(top, hash->name, 8);
      unsigned long target = strtoul(top, NULL, 16) >> (32 - power);
      if (target == number) {
        continue;
      }
      int *to = &targets[target & 1];
      if (*to < 0) {
        snprintf(name, sizeof name, "%lu", target);
        mkdirat(data_dir, name, 0777);
        *to = open_directory(data_dir, name);
      }
      move_hash(fd, *to, suffix->name, hash->name);
      moved = 1;
    }
    close(fd);
    if (cleanup && moved) {
      unlinkat(partition, suffix->name, AT_REMOVEDIR);
    }
  }
  close(partition);
  close(targets[0]);
  close(targets[1]);
  if (cleanup) {
    /* What the relinker before has left in it: its locks, and the suffixes that it invalidated. */
    static const char *const files[] = {"hashes.pkl", "hashes.invalid", ".lock"};
    char path[64];
    for (int i = 0; i < 3; i++) {
      snprintf(path, sizeof path, "%lu/%s", number, files[i]);
      unlinkat(data_dir, path, 0);
    }
    snprintf(name, sizeof name, "%lu", number);
    unlinkat(data_dir, name, AT_REMOVEDIR);
  }
}

static int last_first(const void *left, const void *right) {
  unsigned long a = *(const unsigned long *)left, b = *(const unsigned long *)right;
  return a < b ? 1 : a > b ? -1 : 0;
}

static void move_device(const char *path) {
  struct listing partitions = {0};
  data_dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  list(&partitions, data_dir);
  unsigned long *numbers = malloc(sizeof *numbers * (partitions.length / 24 + 1));
  long count = 0;
  for (long at = 0; at < partitions.length;
       at += ((struct entry *)(partitions.memory + at))->length) {
    char *name = ((struct entry *)(partitions.memory + at))->name, *end;
    unsigned long number = strtoul(name, &end, 10);
    if (*end == 0 && number < 1UL << (power - 1)) {
      numbers[count++] = number;
    }
  }
  qsort(numbers, count, sizeof *numbers, last_first);
  for (long i = 0; i < count; i++) {
    move_partition(numbers[i]);
  }
  syncfs(data_dir);
}

int main(int count, char **arguments) {
  if (count < 4) {
    fprintf(stderr, "usage: bare-loop relink|cleanup NEW_POWER DATADIR...\n");
    return 2;
  }
  cleanup = strcmp(arguments[1], "cleanup") == 0;
  power = atoi(arguments[2]);
  for (int i = 3; i < count; i++) {
    if (fork() == 0) {
      move_device(arguments[i]);
      _exit(0);
    }
  }
  int failed = 0, status;
  while (wait(&status) > 0) {
    failed |= status != 0;
  }
  return failed;
}
