/* A chat endpoint that is never the bottleneck: one thread, epoll, HTTP/1.1 with keep-alive and pipelining.
 *
 *   endpoint [--latency MS] [--sigma S] [--bytes N] [--refuse N] [--yes SHARE] [--seed N]
 *
 * latency  what a call takes; with sigma it is the mean of a lognormal distribution whose logarithm varies so much
 * bytes    length of an answer's text
 * refuse   every n-th call is turned away with a 429
 * yes      answers are verdicts, so large a share of them yes
 *
 * What a call takes and says is drawn from its body and the seed: the same calls meet the same endpoint, in whatever
 * order they come. An answer begins with the `row-NNN` it was asked about. Prints its port, then serves until its
 * standard input ends. GET /stats tells what it served.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_BYTES = 4096, MOST_BYTES = 4 << 20, EVENTS = 512, HEAD = 160 };

typedef struct {
    char *in, *out;
    size_t in_length, in_size, out_length, out_sent, out_size;
    int fd, waiting, stuck; /* waiting: for an answer that is due later; stuck: the other side reads too slowly */
    int last;               /* the other side asked for the connection to be closed after this answer */
    double arrived;
} Connection;

typedef struct {
    double due, drawn;
    Connection *connection;
    uint64_t hash;
    long row;
} Answer;

static double latency_s, sigma, yes_share = -1;
static uint64_t seed = 1;
static long answer_bytes = 1000, refuse_every;
static char *filler;
static Answer *heap;
static size_t heap_length, heap_size;
static int poll_fd;
static struct { long calls, refused, in_flight, most_in_flight; double drawn_s, taken_s; } stats;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Draws */

static uint64_t mixed(uint64_t x) { /* the finalizer of splitmix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
}

static uint64_t hash_of(const char *bytes, size_t length) { /* FNV-1a, eight bytes at a time */
    uint64_t hash = 0xcbf29ce484222325ull ^ seed, word;
    for (; length >= 8; bytes += 8, length -= 8) {
        memcpy(&word, bytes, 8);
        hash = (hash ^ mixed(word)) * 0x100000001b3ull;
    }
    while (length--) hash = (hash ^ (unsigned char)*bytes++) * 0x100000001b3ull;
    return mixed(hash);
}

static double uniform(uint64_t hash) { return ((double)(hash >> 11) + 0.5) * 0x1p-53; }

static double drawn_latency(uint64_t hash) {
    if (sigma <= 0) return latency_s;
    double normal = sqrt(-2 * log(uniform(mixed(hash + 1)))) * cos(2 * M_PI * uniform(mixed(hash + 2)));
    return latency_s * exp(sigma * normal - sigma * sigma / 2);
}

/* Answers that are due later, soonest first */

static void push(Answer answer) {
    if (heap_length == heap_size) heap = realloc(heap, (heap_size = heap_size ? heap_size * 2 : 1024) * sizeof *heap);
    size_t at = heap_length++;
    for (; at && heap[(at - 1) / 2].due > answer.due; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = answer;
}

static Answer pop(void) {
    Answer first = heap[0], last = heap[--heap_length];
    size_t at = 0, child;
    while ((child = 2 * at + 1) < heap_length) {
        if (child + 1 < heap_length && heap[child + 1].due < heap[child].due) child++;
        if (last.due <= heap[child].due) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

/* Connections */

static void reserve(char **buffer, size_t *size, size_t needed) {
    if (needed <= *size) return;
    while (*size < needed) *size = *size ? *size * 2 : FIRST_BYTES;
    *buffer = realloc(*buffer, *size);
}

static void hang_up(Connection *c) { /* the memory stays where an answer in the heap still points to it */
    close(c->fd);
    c->fd = -1;
    if (c->waiting) return;
    free(c->in);
    free(c->out);
    free(c);
}

static void flush_out(Connection *c) {
    while (c->out_sent < c->out_length) {
        ssize_t n = write(c->fd, c->out + c->out_sent, c->out_length - c->out_sent);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) { hang_up(c); return; }
        c->out_sent += (size_t)n;
    }
    int stuck = c->out_sent < c->out_length;
    struct epoll_event event = {.events = EPOLLIN | (stuck ? EPOLLOUT : 0), .data.ptr = c};
    if (stuck != c->stuck) epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
    c->stuck = stuck;
    if (stuck) return;
    c->out_sent = c->out_length = 0;
    if (c->last && !c->waiting) shutdown(c->fd, SHUT_WR);
}

static void say(Connection *c, const char *status, const char *extra, const char *body, size_t length) {
    reserve(&c->out, &c->out_size, c->out_length + HEAD + strlen(extra) + length);
    int head = sprintf(c->out + c->out_length, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
                       status, extra, length);
    memcpy(c->out + c->out_length + head, body, length);
    c->out_length += (size_t)head + length;
}

static void answer(Answer a) {
    static char *body;
    static size_t size;
    reserve(&body, &size, (size_t)answer_bytes + 512);
    int text = (int)answer_bytes, n;
    n = sprintf(body, "{\"id\":\"chatcmpl-%016lx\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"fast\","
                      "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"", (unsigned long)a.hash);
    if (yes_share >= 0) n += sprintf(body + n, "Verdict: %s", uniform(mixed(a.hash + 3)) < yes_share ? "yes" : "no");
    else n += sprintf(body + n, "row-%ld %016lx %.*s", a.row, (unsigned long)a.hash, text > 30 ? text - 30 : 0, filler);
    n += sprintf(body + n, "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                           "\"usage\":{\"prompt_tokens\":200,\"completion_tokens\":250,\"total_tokens\":450}}");
    stats.in_flight--;
    stats.drawn_s += a.drawn;
    stats.taken_s += now() - a.connection->arrived;
    say(a.connection, "200 OK", "", body, (size_t)n);
}

static void start_call(Connection *c, const char *body, size_t length) {
    stats.calls++;
    if (refuse_every && stats.calls % refuse_every == 0) {
        static const char busy[] = "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\",\"code\":null}}";
        stats.refused++;
        say(c, "429 Too Many Requests", "", busy, sizeof busy - 1);
        return;
    }
    Answer a = {.connection = c, .hash = hash_of(body, length), .row = -1};
    const char *row = memmem(body, length, "row-", 4);
    if (row) a.row = strtol(row + 4, NULL, 10);
    c->arrived = now();
    a.drawn = drawn_latency(a.hash);
    if (++stats.in_flight > stats.most_in_flight) stats.most_in_flight = stats.in_flight;
    if (a.drawn <= 0) {
        answer(a);
        return;
    }
    a.due = c->arrived + a.drawn;
    c->waiting = 1;
    push(a);
}

static void tell(Connection *c, const char *path) {
    char body[512];
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    int n = sprintf(body, "{\"object\":\"list\",\"data\":[{\"id\":\"fast\",\"object\":\"model\",\"created\":0}]}");
    if (!strncmp(path, "/stats", 6))
        n = sprintf(body, "{\"calls\":%ld,\"refused\":%ld,\"most_in_flight\":%ld,\"drawn_s\":%.6f,\"taken_s\":%.6f,\"processor_s\":%.6f}",
                    stats.calls, stats.refused, stats.most_in_flight, stats.drawn_s, stats.taken_s,
                    (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6);
    if (!strncmp(path, "/reset", 6)) memset(&stats, 0, sizeof stats);
    say(c, "200 OK", "", body, (size_t)n);
}

/* Carries out what has arrived, up to a call whose answer is due later. */
static void serve(Connection *c) {
    size_t at = 0;
    while (!c->waiting && at < c->in_length) {
        char *head = c->in + at, *end = memmem(head, c->in_length - at, "\r\n\r\n", 4);
        if (!end) break;
        *end = 0;
        char *said = strcasestr(head, "\r\ncontent-length:");
        size_t length = said ? strtoul(said + 17, NULL, 10) : 0, whole = (size_t)(end + 4 - head) + length;
        int last = strcasestr(head, "\r\nconnection: close") != NULL;
        *end = '\r';
        if (c->in_length - at < whole) break;
        c->last = last; /* only now: with part of a request there is nothing to close after yet */
        at += whole;
        if (!strncmp(head, "POST ", 5)) start_call(c, end + 4, length);
        else tell(c, head + 4);
    }
    memmove(c->in, c->in + at, c->in_length -= at);
    flush_out(c);
}

static void hear(Connection *c) {
    for (;;) {
        reserve(&c->in, &c->in_size, c->in_length + FIRST_BYTES + 1);
        size_t room = c->in_size - c->in_length - 1;
        ssize_t n = read(c->fd, c->in + c->in_length, room);
        if (n < 0 && errno == EAGAIN) break;
        if (n <= 0 || c->in_length + (size_t)n > MOST_BYTES) {
            hang_up(c);
            return;
        }
        c->in_length += (size_t)n;
        if ((size_t)n < room) break;
    }
    serve(c);
}

static void accept_all(int listening) {
    int fd, one = 1;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        Connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    }
}

static void answer_what_is_due(void) {
    while (heap_length && heap[0].due <= now()) {
        Answer a = pop();
        a.connection->waiting = 0;
        if (a.connection->fd < 0) {
            stats.in_flight--;
            hang_up(a.connection); /* its descriptor is -1: only the memory is left to free */
            continue;
        }
        answer(a);
        serve(a.connection);
    }
}

static void run(int listening) {
    struct epoll_event events[EVENTS];
    static char lists, input;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &lists};
    poll_fd = epoll_create1(0);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listening, &event);
    event.data.ptr = &input;
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &event) < 0) perror("standard input cannot be watched"), exit(2);
    for (;;) {
        double wait = heap_length ? heap[0].due - now() : -1;
        int count = epoll_wait(poll_fd, events, EVENTS, !heap_length ? -1 : wait > 0 ? (int)ceil(wait * 1000) : 0);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == &input) return;
            if (events[i].data.ptr == &lists) accept_all(listening);
            else if (events[i].events & EPOLLOUT) flush_out(events[i].data.ptr);
            else hear(events[i].data.ptr);
        }
        answer_what_is_due();
    }
}

static int listening_socket(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(fd, (void *)&address, length) || listen(fd, 65535) || getsockname(fd, (void *)&address, &length))
        perror("cannot listen"), exit(2);
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void read_options(int count, char **words) {
    for (int i = 1; i + 1 < count; i += 2) {
        if (!strcmp(words[i], "--latency")) latency_s = atof(words[i + 1]) / 1000;
        else if (!strcmp(words[i], "--sigma")) sigma = atof(words[i + 1]);
        else if (!strcmp(words[i], "--bytes")) answer_bytes = atol(words[i + 1]);
        else if (!strcmp(words[i], "--refuse")) refuse_every = atol(words[i + 1]);
        else if (!strcmp(words[i], "--yes")) yes_share = atof(words[i + 1]);
        else if (!strcmp(words[i], "--seed")) seed = strtoull(words[i + 1], NULL, 10);
        else fprintf(stderr, "unknown option %s\n", words[i]), exit(2);
    }
}

int main(int count, char **words) {
    read_options(count, words);
    filler = malloc((size_t)answer_bytes + 1);
    static const char sentence[] = "The sea rises twice in a day and falls twice. ";
    for (long i = 0; i < answer_bytes; i++) filler[i] = sentence[i % (long)(sizeof sentence - 1)];
    filler[answer_bytes] = 0;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    run(listening_socket());
    return 0;
}
