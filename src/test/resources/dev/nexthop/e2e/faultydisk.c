/*
 * A disk that fails on demand, for LD_PRELOAD: calls on files below $FAULTY_FOLDER do what the file $FAULTY_CONTROL says,
 * a word and a number: "sync ERRNO" (fsync, fdatasync and sync_file_range fail), "write ERRNO" (writes fail),
 * "written ERRNO" (writes are made, every sync fails after it was made), "slow MILLISECONDS" (syncs take so long).
 * An empty file: all is well.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int ours(int fd) {
    const char *folder = getenv("FAULTY_FOLDER");
    char link[64], path[PATH_MAX];
    ssize_t length;
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0;
}

/* The number behind the word, 0 when the control file says something else. */
static int told(const char *word) {
    const char *control = getenv("FAULTY_CONTROL");
    char text[64];
    int number = 0, saved = errno;
    long fd, length;
    if (!control) return 0;
    fd = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) { errno = saved; return 0; }
    length = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    errno = saved;
    if (length <= 0) return 0;
    text[length] = 0;
    length = strlen(word);
    if (strncmp(text, word, length) == 0 && text[length] == ' ') number = atoi(text + length);
    return number;
}

static int synced(int fd, long number) {
    int failure, slow;
    if (!ours(fd)) return syscall(number, fd);
    slow = told("slow");
    if (slow) {
        struct timespec time = { slow / 1000, slow % 1000 * 1000000L };
        nanosleep(&time, NULL);
    }
    failure = told("sync");
    if (failure) { errno = failure; return -1; }
    if (syscall(number, fd) < 0) return -1;
    failure = told("written");
    if (failure) { errno = failure; return -1; }
    return 0;
}

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

static int fails(int fd) {
    int failure = ours(fd) ? told("write") : 0;
    if (failure) errno = failure;
    return failure;
}

ssize_t write(int fd, const void *from, size_t size) {
    return fails(fd) ? -1 : syscall(SYS_write, fd, from, size);
}
ssize_t pwrite(int fd, const void *from, size_t size, off_t at) {
    return fails(fd) ? -1 : syscall(SYS_pwrite64, fd, from, size, at);
}
ssize_t pwrite64(int fd, const void *from, size_t size, off64_t at) {
    return fails(fd) ? -1 : syscall(SYS_pwrite64, fd, from, size, at);
}
ssize_t writev(int fd, const struct iovec *from, int count) {
    return fails(fd) ? -1 : syscall(SYS_writev, fd, from, count);
}
