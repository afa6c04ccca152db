#define _GNU_SOURCE
#include "fixed_port.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

static _Atomic uint16_t wanted_port = 0;

void use_fixed_port(uint16_t port) { atomic_store(&wanted_port, port); }

int bind(int socket, const struct sockaddr *address, socklen_t length) {
  int (*libc_bind)(int, const struct sockaddr *, socklen_t) =
      (int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "bind");
  struct sockaddr_in fixed;
  if (address->sa_family == AF_INET && length == sizeof fixed) {
    memcpy(&fixed, address, sizeof fixed);
    if (fixed.sin_port == 0 && fixed.sin_addr.s_addr == htonl(INADDR_LOOPBACK)) {
      uint16_t port = atomic_exchange(&wanted_port, 0);
      if (port != 0) {
        int on = 1;
        // A broker that was killed leaves connections in TIME_WAIT behind.
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        fixed.sin_port = htons(port);
        return libc_bind(socket, (const struct sockaddr *)&fixed, sizeof fixed);
      }
    }
  }
  return libc_bind(socket, address, length);
}
