/*
 * Lets programs that look for a security key at /dev/hidraw* find a served softkey, with no help of the kernel.
 *
 *   cc -O2 -Wall -Wextra -shared -fPIC -o softkey_hidraw.so softkey_hidraw.c -ldl
 *   softkey serve --unix /tmp/key.sock &
 *   export SOFTKEY_HIDRAW=/tmp/key.sock LD_PRELOAD=$PWD/softkey_hidraw.so
 *   fido2-token -L
 *
 * One path, named by SOFTKEY_HIDRAW, behaves like a FIDO hidraw device:
 *   - opening it connects to the Unix socket of that name (SOCK_SEQPACKET, one report a message);
 *   - fstat says that it is a character device, which libfido2 checks;
 *   - the hidraw ioctls answer with the report descriptor of a FIDO key;
 *   - libfido2's list of devices contains it.
 * A write of 65 bytes, with the report number before the report, is understood by the other side.
 * Everything else goes where it went. This is the only part of softkey that is not Rust.
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/hidraw.h>
#include <linux/input.h>

/* CTAP 2.3, section 11.2.8.1: usage page F1D0, usage 01, reports of 64 bytes in both directions. */
static const uint8_t DESCRIPTOR[] = {
    0x06, 0xd0, 0xf1, 0x09, 0x01, 0xa1, 0x01, 0x09, 0x20, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40,
    0x81, 0x02, 0x09, 0x21, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, 0x40, 0x91, 0x02, 0xc0,
};

/* How many connections one process can have open; a program opens one or two. */
#define MAX_OPEN 64
static int connections[MAX_OPEN];
static int count;

static int is_ours(int fd)
{
    for (int i = 0; i < count; i++)
        if (connections[i] == fd)
            return 1;
    return 0;
}

static int is_key(const char *path)
{
    const char *key = getenv("SOFTKEY_HIDRAW");
    return path != NULL && key != NULL && *key != '\0' && strcmp(path, key) == 0;
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (count == MAX_OPEN || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        int error = count == MAX_OPEN ? EMFILE : errno;
        close(fd);
        errno = error;
        return -1;
    }
    connections[count++] = fd;
    return fd;
}

static void *next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

static int open_next(const char *name, const char *path, int flags, va_list rest)
{
    int (*real)(const char *, int, ...) = (int (*)(const char *, int, ...))next(name);
    if (real == NULL) {
        errno = ENOSYS;
        return -1;
    }
    /* The mode is there only if the flags say so. */
    if (flags & (O_CREAT | O_TMPFILE))
        return real(path, flags, va_arg(rest, mode_t));
    return real(path, flags);
}

int open(const char *path, int flags, ...)
{
    if (is_key(path))
        return connect_to(path);
    va_list rest;
    va_start(rest, flags);
    int fd = open_next("open", path, flags, rest);
    va_end(rest);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    if (is_key(path))
        return connect_to(path);
    va_list rest;
    va_start(rest, flags);
    int fd = open_next("open64", path, flags, rest);
    va_end(rest);
    return fd;
}

int close(int fd)
{
    for (int i = 0; i < count; i++)
        if (connections[i] == fd)
            connections[i] = connections[--count];
    int (*real)(int) = (int (*)(int))next("close");
    return real(fd);
}

int fstat(int fd, struct stat *status)
{
    int (*real)(int, struct stat *) = (int (*)(int, struct stat *))next("fstat");
    int result = real(fd, status);
    if (result == 0 && is_ours(fd))
        status->st_mode = (status->st_mode & ~S_IFMT) | S_IFCHR;
    return result;
}

int fstat64(int fd, struct stat64 *status)
{
    int (*real)(int, struct stat64 *) = (int (*)(int, struct stat64 *))next("fstat64");
    int result = real(fd, status);
    if (result == 0 && is_ours(fd))
        status->st_mode = (status->st_mode & ~S_IFMT) | S_IFCHR;
    return result;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (!is_ours(fd)) {
        int (*real)(int, unsigned long, ...) = (int (*)(int, unsigned long, ...))next("ioctl");
        return real(fd, request, argument);
    }
    switch ((unsigned int)request) {
    case HIDIOCGRDESCSIZE:
        *(int *)argument = (int)sizeof(DESCRIPTOR);
        return 0;
    case HIDIOCGRDESC: {
        struct hidraw_report_descriptor *descriptor = argument;
        if (descriptor->size > sizeof(DESCRIPTOR))
            descriptor->size = sizeof(DESCRIPTOR);
        memcpy(descriptor->value, DESCRIPTOR, descriptor->size);
        return 0;
    }
    case HIDIOCGRAWINFO: {
        struct hidraw_devinfo *info = argument;
        memset(info, 0, sizeof(*info));
        info->bustype = BUS_VIRTUAL;
        return 0;
    }
    default:
        errno = ENOTTY;
        return -1;
    }
}

/* libfido2's list of devices. The declarations follow its public header fido.h, versions 1.10 to 1.16. */

typedef struct fido_dev_info fido_dev_info_t;
typedef struct {
    void *(*open)(const char *);
    void (*close)(void *);
    int (*read)(void *, unsigned char *, size_t, int);
    int (*write)(void *, const unsigned char *, size_t);
} fido_dev_io_t;

#define FIDO_OK 0
#define FIDO_ERR_INVALID_ARGUMENT (-7)

static void *io_open(const char *path)
{
    int fd = connect_to(path);
    int *handle = fd < 0 ? NULL : malloc(sizeof(*handle));
    if (handle != NULL)
        *handle = fd;
    else if (fd >= 0)
        close(fd);
    return handle;
}

static void io_close(void *handle)
{
    close(*(int *)handle);
    free(handle);
}

static int io_read(void *handle, unsigned char *buffer, size_t length, int milliseconds)
{
    int fd = *(int *)handle;
    struct timeval timeout = {milliseconds / 1000, (milliseconds % 1000) * 1000};
    if (milliseconds < 0)
        timeout = (struct timeval){0, 0};
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) != 0)
        return -1;
    return (int)recv(fd, buffer, length, 0);
}

static int io_write(void *handle, const unsigned char *buffer, size_t length)
{
    return (int)send(*(int *)handle, buffer, length, MSG_NOSIGNAL);
}

int fido_dev_info_manifest(fido_dev_info_t *list, size_t length, size_t *found)
{
    *found = 0;
    const char *path = getenv("SOFTKEY_HIDRAW");
    if (path == NULL || *path == '\0') {
        int (*real)(fido_dev_info_t *, size_t, size_t *) =
            (int (*)(fido_dev_info_t *, size_t, size_t *))next("fido_dev_info_manifest");
        return real == NULL ? FIDO_ERR_INVALID_ARGUMENT : real(list, length, found);
    }
    if (length == 0)
        return FIDO_OK;
    if (list == NULL)
        return FIDO_ERR_INVALID_ARGUMENT;
    int (*set)(fido_dev_info_t *, size_t, const char *, const char *, const char *, const fido_dev_io_t *,
               const void *) =
        (int (*)(fido_dev_info_t *, size_t, const char *, const char *, const char *, const fido_dev_io_t *,
                 const void *))next("fido_dev_info_set");
    if (set == NULL)
        return FIDO_ERR_INVALID_ARGUMENT;
    static const fido_dev_io_t IO = {io_open, io_close, io_read, io_write};
    int result = set(list, 0, path, "softkey", "software authenticator", &IO, NULL);
    if (result == FIDO_OK)
        *found = 1;
    return result;
}
