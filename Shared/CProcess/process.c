#include "process.h"

#include <signal.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

void end_with_parent(void) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}
