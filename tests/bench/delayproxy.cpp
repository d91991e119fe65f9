// SPDX-License-Identifier: GPL-3.0-or-later
// A TCP proxy that makes a network out of the loopback: what comes in on either side goes out half the round trip
// later, in order, however much is under way. It prints its port and ends with its standard input.
//   delayproxy SERVER_PORT ROUND_TRIP_MICROSECONDS
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Packet
{
    Clock::time_point due;
    std::string bytes;
};

/// One direction of one connection.
struct Stream
{
    int from = -1;
    int to = -1;
    std::deque<Packet> underWay;
    bool ended = false; ///< `from` will send no more
    bool closed = false; ///< and `to` knows it
};

struct Pair
{
    Stream up;
    Stream down;
};

[[noreturn]] void fail(const char* what)
{
    std::perror(what);
    std::exit(1);
}

void prepare(int socket)
{
    const int on = 1;
    if (setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 || fcntl(socket, F_SETFL, O_NONBLOCK) != 0)
        fail("delayproxy: socket options");
}

sockaddr_in loopback(int port)
{
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int listenOnFreePort()
{
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 16) != 0
        || getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("delayproxy: listen");
    std::printf("%d\n", ntohs(address.sin_port));
    std::fflush(stdout);
    return listener;
}

void acceptPair(int listener, int serverPort, std::list<Pair>& pairs)
{
    const int client = accept(listener, nullptr, nullptr);
    const int server = socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(serverPort);
    if (client < 0 || server < 0 || connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        fail("delayproxy: connect");
    prepare(client);
    prepare(server);
    pairs.push_back({ { client, server, {}, false, false }, { server, client, {}, false, false } });
}

void receive(Stream& stream, Clock::duration delay)
{
    static std::vector<char> buffer(1 << 18);
    const ssize_t count = read(stream.from, buffer.data(), buffer.size());
    if (count > 0)
        stream.underWay.push_back({ Clock::now() + delay, std::string(buffer.data(), static_cast<size_t>(count)) });
    else if (count == 0 || (errno != EAGAIN && errno != EINTR))
        stream.ended = true;
}

void deliver(Stream& stream)
{
    while (!stream.underWay.empty() && stream.underWay.front().due <= Clock::now()) {
        std::string& bytes = stream.underWay.front().bytes;
        const ssize_t count = send(stream.to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (count >= 0 && static_cast<size_t>(count) < bytes.size()) {
            bytes.erase(0, static_cast<size_t>(count));
            return;
        }
        stream.underWay.pop_front(); // sent, or the other side is gone
    }
    if (stream.ended && stream.underWay.empty() && !stream.closed) {
        shutdown(stream.to, SHUT_WR);
        stream.closed = true;
    }
}

/// When the next packet is due; at most a second.
Clock::duration untilNextDue(const std::list<Pair>& pairs)
{
    Clock::duration wait = std::chrono::seconds(1);
    for (const Pair& pair : pairs) {
        for (const Stream* stream : { &pair.up, &pair.down }) {
            if (!stream->underWay.empty())
                wait = std::min(wait, stream->underWay.front().due - Clock::now());
        }
    }
    return std::max(wait, Clock::duration::zero());
}

std::vector<pollfd> whatToWaitFor(int listener, const std::list<Pair>& pairs)
{
    std::vector<pollfd> polled { { STDIN_FILENO, POLLIN, 0 }, { listener, POLLIN, 0 } };
    for (const Pair& pair : pairs) {
        for (const Stream* stream : { &pair.up, &pair.down }) {
            const bool isDue = !stream->underWay.empty() && stream->underWay.front().due <= Clock::now();
            polled.push_back({ stream->ended ? -1 : stream->from, POLLIN, 0 });
            polled.push_back({ isDue ? stream->to : -1, POLLOUT, 0 });
        }
    }
    return polled;
}

void run(int listener, int serverPort, Clock::duration delay)
{
    std::list<Pair> pairs;
    for (;;) {
        std::vector<pollfd> polled = whatToWaitFor(listener, pairs);
        const auto wait = std::chrono::duration_cast<std::chrono::nanoseconds>(untilNextDue(pairs));
        const timespec timeout { wait.count() / 1'000'000'000, wait.count() % 1'000'000'000 };
        if (ppoll(polled.data(), polled.size(), &timeout, nullptr) < 0 && errno != EINTR)
            fail("delayproxy: poll");
        if (polled[0].revents != 0)
            return; // whoever started it is done
        size_t next = 2;
        for (Pair& pair : pairs) {
            for (Stream* stream : { &pair.up, &pair.down }) {
                if (polled[next].revents != 0)
                    receive(*stream, delay);
                deliver(*stream);
                next += 2;
            }
        }
        std::erase_if(pairs, [](const Pair& pair) {
            const bool done = pair.up.closed && pair.down.closed;
            if (done) {
                close(pair.up.from);
                close(pair.up.to);
            }
            return done;
        });
        if (polled[1].revents != 0)
            acceptPair(listener, serverPort, pairs);
    }
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::fprintf(stderr, "usage: delayproxy SERVER_PORT ROUND_TRIP_MICROSECONDS\n");
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1000UL); // wake up within a microsecond of the due time
    const int listener = listenOnFreePort();
    run(listener, std::atoi(argv[1]), std::chrono::microseconds(std::atol(argv[2])) / 2);
    return 0;
}
