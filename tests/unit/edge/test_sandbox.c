// SPDX-License-Identifier: Apache-2.0
/* edge/sandbox: what the process that faces the internet can no longer do. Each
 * attempt is made by a forked child, once inside the sandbox and once, as a
 * control, outside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edge/sandbox.h"

/* A site's folder as the edge's neighbour has it. */
struct place {
    char folder[64];
    char database[96];
    char picture[96];
    char draft[96];
    int media_fd;
    int listening; /* somebody to connect to, and a socket to do it with */
    int client;
    struct sockaddr_in address;
};

/* Answers 0 when the attempt went well, else errno. In the child. */
typedef int attempt(const struct place *place);

static void write_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), 1);
    close(fd);
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/broadsheet-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    char media[96], blobs[96];
    snprintf(media, sizeof media, "%s/media", place->folder);
    snprintf(blobs, sizeof blobs, "%s/blobs", place->folder);
    assert_int_equal(mkdir(media, 0700), 0);
    assert_int_equal(mkdir(blobs, 0700), 0);
    snprintf(place->database, 96, "%.60s/broadsheet.db", place->folder);
    snprintf(place->picture, 96, "%.60s/media/picture.jpg", place->folder);
    snprintf(place->draft, 96, "%.60s/blobs/draft.jpg", place->folder);
    write_file(place->database);
    write_file(place->picture);
    write_file(place->draft);
    place->media_fd = open(media, O_PATH | O_DIRECTORY);
    place->address = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
    socklen_t len = sizeof place->address;
    place->listening = socket(AF_INET, SOCK_STREAM, 0);
    place->client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        bind(place->listening, (struct sockaddr *)&place->address, len), 0);
    assert_int_equal(listen(place->listening, 8), 0);
    assert_int_equal(
        getsockname(place->listening, (struct sockaddr *)&place->address, &len),
        0);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char path[96];
    unlink(place->database);
    unlink(place->picture);
    unlink(place->draft);
    snprintf(path, sizeof path, "%.60s/media", place->folder);
    rmdir(path);
    snprintf(path, sizeof path, "%.60s/blobs", place->folder);
    rmdir(path);
    rmdir(place->folder);
    close(place->media_fd);
    close(place->listening);
    close(place->client);
    free(place);
    return 0;
}

enum { CHILD_FAILED = 250, LAYER_MISSING = 251 };

enum layers { NOTHING = 0, FILES = 1, CALLS = 2, BOTH = 3 };

static int enter(const struct place *place, enum layers layers)
{
    int abi = 1;
    bool entered = true;
    if (layers & FILES &&
        sandbox_restrict_files(&place->media_fd, 1, &abi, NULL))
        return CHILD_FAILED;
    if (layers & CALLS && sandbox_restrict_calls(&entered, NULL))
        return CHILD_FAILED;
    return abi && entered ? 0 : LAYER_MISSING;
}

static int in_child(const struct place *place, enum layers layers, attempt *fn)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int failed = enter(place, layers);
        _exit(failed ? failed : fn(place));
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Allowed outside, denied within. */
static void assert_denied(void **state, enum layers layers, attempt *fn)
{
    int outside = in_child(*state, NOTHING, fn);
    assert_int_equal(outside, 0);
    int within = in_child(*state, layers, fn);
    if (within == LAYER_MISSING)
        skip();
    if (within != EPERM && within != EACCES)
        fail_msg("the sandbox answered %d (%s)", within, strerror(within));
}

static int result(int fd)
{
    return fd >= 0 ? 0 : errno;
}

static int open_database(const struct place *place)
{
    return result(open(place->database, O_RDONLY));
}

static int write_database(const struct place *place)
{
    return result(open(place->database, O_RDWR));
}

static int open_draft(const struct place *place)
{
    return result(open(place->draft, O_RDONLY));
}

/* By way of the folder that it may read. */
static int climb_out(const struct place *place)
{
    return result(openat(place->media_fd, "../broadsheet.db", O_RDONLY));
}

static int open_etc(const struct place *place)
{
    (void)place;
    return result(open("/etc/passwd", O_RDONLY));
}

static int list_folder(const struct place *place)
{
    return result(open(place->folder, O_RDONLY | O_DIRECTORY));
}

static int make_file(const struct place *place)
{
    int fd = openat(place->media_fd, "new.jpg", O_WRONLY | O_CREAT, 0600);
    int code = result(fd);
    if (!code)
        unlinkat(place->media_fd, "new.jpg", 0);
    return code;
}

static int write_picture(const struct place *place)
{
    return result(openat(place->media_fd, "picture.jpg", O_WRONLY));
}

static int remove_picture(const struct place *place)
{
    char spare[128];
    snprintf(spare, sizeof spare, "%s.spare", place->picture);
    return rename(place->picture, spare)   ? errno
           : rename(spare, place->picture) ? errno
                                           : 0;
}

static int make_socket(const struct place *place)
{
    (void)place;
    return result(socket(AF_INET, SOCK_STREAM, 0));
}

static int make_unix_socket(const struct place *place)
{
    (void)place;
    return result(socket(AF_UNIX, SOCK_STREAM, 0));
}

/* With a socket that was there before. */
static int connect_out(const struct place *place)
{
    if (connect(place->client, (const struct sockaddr *)&place->address,
                sizeof place->address))
        return errno;
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    return connect(place->client, &nobody, sizeof nobody) ? errno : 0;
}

/* By way of a socket that listened: it can be connected without connect(). */
static int send_out(const struct place *place)
{
    struct sockaddr_in somewhere = {
        .sin_family = AF_INET,
        .sin_addr = {htonl(INADDR_LOOPBACK)},
    };
    socklen_t len = sizeof somewhere;
    int other = place->client;
    if (listen(other, 1) && errno != EACCES && errno != EPERM)
        return errno;
    if (getsockname(other, (struct sockaddr *)&somewhere, &len))
        return errno;
    int own = dup(place->listening);
    if (own < 0 || shutdown(own, SHUT_RDWR))
        return errno;
    if (sendto(own, "x", 1, MSG_FASTOPEN | MSG_NOSIGNAL,
               (struct sockaddr *)&somewhere, len) < 0)
        return errno;
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    (void)connect(own, &nobody, sizeof nobody); /* as it was, for the next */
    (void)listen(own, 1);
    return 0;
}

static int make_code(const struct place *place)
{
    (void)place;
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED ? errno : 0;
}

static int turn_data_into_code(const struct place *place)
{
    (void)place;
    void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(data, 4096, PROT_READ | PROT_EXEC) ? errno : 0;
}

static int signal_parent(const struct place *place)
{
    (void)place;
    return kill(getppid(), 0) ? errno : 0;
}

static int execute(const struct place *place)
{
    (void)place;
    pid_t pid = vfork();
    if (pid < 0)
        return errno;
    if (pid == 0) {
        char *const argv[] = {"true", NULL};
        execve("/bin/true", argv, NULL);
        _exit(errno);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static int execute_here(const struct place *place)
{
    (void)place;
    char *const argv[] = {"true", NULL};
    execve("/bin/true", argv, NULL);
    return errno;
}

static int trace_parent(const struct place *place)
{
    (void)place;
    return syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0) < 0
               ? errno
               : 0;
}

static int read_picture(const struct place *place)
{
    char byte = 0;
    int fd = openat(place->media_fd, "picture.jpg", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    return read(fd, &byte, 1) == 1 && byte == 'x' ? 0 : EIO;
}

static int serve(const struct place *place)
{
    int fd = accept4(place->listening, NULL, NULL, SOCK_NONBLOCK);
    char byte;
    if (fd < 0)
        return errno;
    return recv(fd, &byte, 1, 0) == 1 && send(fd, &byte, 1, 0) == 1 ? 0 : EIO;
}

static void test_no_file_but_the_media_can_be_opened(void **state)
{
    static attempt *const attempts[] = {
        open_database, write_database, open_draft,
        climb_out,     open_etc,       list_folder,
    };
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        assert_denied(state, BOTH, attempts[i]);
        assert_denied(state, FILES, attempts[i]); /* by Landlock alone */
    }
}

static void test_the_media_cannot_be_changed(void **state)
{
    assert_denied(state, BOTH, make_file);
    assert_denied(state, FILES, make_file);
    assert_denied(state, BOTH, write_picture);
    assert_denied(state, BOTH, remove_picture);
}

static void test_there_is_no_way_out(void **state)
{
    assert_denied(state, BOTH, make_socket);
    assert_denied(state, BOTH, make_unix_socket);
    assert_denied(state, BOTH, connect_out);
    assert_denied(state, CALLS, connect_out); /* by seccomp alone */
    assert_denied(state, BOTH, send_out);
}

static void test_nothing_can_be_executed(void **state)
{
    assert_denied(state, BOTH, execute);
    assert_denied(state, BOTH, execute_here);
    assert_denied(state, FILES, execute_here);
    assert_denied(state, CALLS, execute_here);
    assert_denied(state, CALLS, make_code);
    assert_denied(state, CALLS, turn_data_into_code);
}

static void test_no_other_process_can_be_read(void **state)
{
    assert_denied(state, BOTH, trace_parent);
    assert_denied(state, CALLS, signal_parent);
}

static void test_pictures_can_be_read(void **state)
{
    int within = in_child(*state, BOTH, read_picture);
    if (within == LAYER_MISSING)
        skip();
    assert_int_equal(within, 0);
}

static void test_connections_can_be_served(void **state)
{
    struct place *place = *state;
    int reader = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(reader, (struct sockaddr *)&place->address,
                             sizeof place->address),
                     0);
    assert_int_equal(send(reader, "?", 1, 0), 1);
    int within = in_child(place, BOTH, serve);
    if (within == LAYER_MISSING)
        skip();
    assert_int_equal(within, 0);
    char byte;
    assert_int_equal(recv(reader, &byte, 1, 0), 1);
    assert_int_equal(byte, '?');
    close(reader);
}

#define WITH_PLACE(test) \
    cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_PLACE(test_no_file_but_the_media_can_be_opened),
        WITH_PLACE(test_the_media_cannot_be_changed),
        WITH_PLACE(test_there_is_no_way_out),
        WITH_PLACE(test_nothing_can_be_executed),
        WITH_PLACE(test_no_other_process_can_be_read),
        WITH_PLACE(test_pictures_can_be_read),
        WITH_PLACE(test_connections_can_be_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
