#ifndef EVERY_SCHOOL_DAY_FIXED_PORT_H
#define EVERY_SCHOOL_DAY_FIXED_PORT_H

#include <stdint.h>

/// Makes the next bind to an unspecified port of 127.0.0.1 use this one; 0 leaves the choice to the system.
///
/// librdkafka's embedded broker always asks for any port. This library defines `bind` itself, which takes precedence
/// over libc's in an executable that exports it, so that a broker comes back where its clients look for it.
void use_fixed_port(uint16_t port);

#endif
