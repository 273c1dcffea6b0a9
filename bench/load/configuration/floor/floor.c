// The floor: accepts, answers, and for each POST writes one prebuilt chunk to every reader of the topic. No history, no parsing worth the name,
// no patience: a reader whose socket is full is dropped. What any server on write() must cost at least. Usage: floor PORT
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { MAX_FD = 1 << 17, MAX_TOPIC = 1 << 16, MAX_REQUEST = 1 << 17 };
static struct { int *fd, n, room; } topics[MAX_TOPIC];
static struct { char *bytes; int n, topic, place, reads; } conns[MAX_FD];
static char chunk[MAX_REQUEST];

static void drop(int fd) {
    if (conns[fd].reads) {  // The last reader of the topic takes the place.
        int t = conns[fd].topic, last = topics[t].fd[--topics[t].n];
        topics[t].fd[conns[last].place = conns[fd].place] = last;
    }
    free(conns[fd].bytes);
    memset(&conns[fd], 0, sizeof conns[fd]);
    close(fd);
}

static void subscribe(int fd, int t) {
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n:\n\n\r\n";
    if (topics[t].n == topics[t].room) topics[t].fd = realloc(topics[t].fd, sizeof(int) * (topics[t].room = topics[t].room * 2 + 4));
    conns[fd].topic = t, conns[fd].place = topics[t].n, conns[fd].reads = 1;
    topics[t].fd[topics[t].n++] = fd;
    if (write(fd, head, sizeof head - 1) < 0) drop(fd);
}

static void publish(int fd, int t, const char *body, int length) {
    static unsigned long id;
    char event[MAX_REQUEST];
    int size = snprintf(event, sizeof event, "id: %016lx\ndata: %.*s\n\n", ++id, length, body);
    int n = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n", size, event);
    for (int i = topics[t].n - 1; i >= 0; i--)
        if (write(topics[t].fd[i], chunk, n) != n) drop(topics[t].fd[i]);
    if (write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38) < 0) drop(fd);
}

static void request(int fd) {
    if (!conns[fd].bytes) conns[fd].bytes = malloc(MAX_REQUEST);
    char *bytes = conns[fd].bytes;
    int got = read(fd, bytes + conns[fd].n, MAX_REQUEST - 1 - conns[fd].n);
    if (got <= 0) { drop(fd); return; }
    bytes[conns[fd].n += got] = 0;
    char *end = strstr(bytes, "\r\n\r\n"), *path = strchr(bytes, ' '), *length = strcasestr(bytes, "\nContent-Length:");
    if (!end || !path) return;
    char *dash = memchr(path, '-', strcspn(path + 1, " ") + 1);  // A topic is named bench-NUMBER.
    int t = dash ? atoi(dash + 1) % MAX_TOPIC : 0, size = length && length < end ? atoi(length + 16) : 0;
    if (conns[fd].n < end + 4 + size - bytes) return;
    conns[fd].n = 0;
    if (*bytes == 'P') { publish(fd, t, end + 4, size); return; }
    free(conns[fd].bytes), conns[fd].bytes = 0;
    subscribe(fd, t);
}

int main(int argc, char **argv) {
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 7500), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event ready[512], want = { .events = EPOLLIN };
    int on = 1, door = want.data.fd = socket(AF_INET, SOCK_STREAM, 0), loop = epoll_create1(0);
    signal(SIGPIPE, SIG_IGN);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(door, (void *)&at, sizeof at) || listen(door, 65535) || epoll_ctl(loop, EPOLL_CTL_ADD, door, &want)) { perror("floor"); return 1; }
    for (;;) {
        int n = epoll_wait(loop, ready, 512, -1);
        for (int i = 0; i < n; i++) {
            if (ready[i].data.fd != door) { if (conns[ready[i].data.fd].reads && ready[i].events & EPOLLIN) drop(ready[i].data.fd); else request(ready[i].data.fd); continue; }
            struct epoll_event new = { .events = EPOLLIN, .data.fd = accept4(door, 0, 0, SOCK_NONBLOCK) };
            if (new.data.fd < 0 || new.data.fd >= MAX_FD) continue;
            setsockopt(new.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            epoll_ctl(loop, EPOLL_CTL_ADD, new.data.fd, &new);
        }
    }
}
