#ifndef EVERY_SCHOOL_DAY_CRDKAFKA_H
#define EVERY_SCHOOL_DAY_CRDKAFKA_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#endif
