#include "process.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/// More are of no use, and some libraries go through all that there may be.
static const rlim_t most_descriptors = 65536;

void end_with_parent(void) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

void guard_process(void) {
  umask(077);
  // Whoever reads the log may go away; that a write failed is told to the writer.
  signal(SIGPIPE, SIG_IGN);
  const struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
  prctl(PR_SET_DUMPABLE, 0);
#endif
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < most_descriptors) {
    files.rlim_cur = files.rlim_max < most_descriptors ? files.rlim_max : most_descriptors;
    setrlimit(RLIMIT_NOFILE, &files);
  }
}

void count_descriptors(long *most, long *open) {
  struct rlimit files;
  *most = getrlimit(RLIMIT_NOFILE, &files) == 0 ? (long)files.rlim_cur : 0;
  DIR *folder = opendir("/proc/self/fd");
  if (folder == 0) {
    *open = *most;
    return;
  }
  // Neither the two entries for folders nor the one that this look itself has open.
  *open = -3;
  while (readdir(folder) != 0) *open += 1;
  closedir(folder);
}
