// A FUSE daemon that does nothing: the ceiling that the kernel and libfuse set. Serves DIR `images`
// (COUNT files of SIZE zero bytes) and `names` (NAMES empty files), with the same kernel settings
// as annofs: no message for open, readdirplus, attributes for ever. Usage: null_fuse MOUNTPOINT
// COUNT SIZE NAMES LABELS LABEL_SIZE

#include <fuse_lowlevel.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

namespace {

// Node 2 + d is directory d; files of directory d are (d + 1) << 32 | number.
struct Directory {
  const char* name;
  const char* suffix;
  uint64_t count;
  uint64_t size;
};
std::vector<Directory> directories;
std::string zeros;
constexpr double kForever = std::numeric_limits<double>::max();

struct stat StatOf(fuse_ino_t node) {
  struct stat info {};
  info.st_ino = node;
  info.st_nlink = 1;
  bool is_file = node >> 32 != 0;
  info.st_mode = is_file ? S_IFREG | 0444 : S_IFDIR | 0555;
  info.st_size = is_file ? off_t(directories[(node >> 32) - 1].size) : 0;
  info.st_blksize = 131072;
  return info;
}

fuse_entry_param EntryOf(fuse_ino_t node) {
  fuse_entry_param entry{};
  entry.ino = node;
  entry.attr = StatOf(node);
  entry.attr_timeout = entry.entry_timeout = kForever;
  return entry;
}

std::string FileName(const Directory& directory, uint64_t number) {
  char name[32];
  std::snprintf(name, sizeof name, "%06lu%s", number, directory.suffix);
  return name;
}

void Init(void*, fuse_conn_info* connection) {
  connection->want |=
      connection->capable & (FUSE_CAP_NO_OPEN_SUPPORT | FUSE_CAP_READDIRPLUS | FUSE_CAP_ASYNC_READ);
  connection->want &= ~unsigned(FUSE_CAP_READDIRPLUS_AUTO | FUSE_CAP_AUTO_INVAL_DATA |
                                FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE);
  connection->max_background = 4096;
  connection->congestion_threshold = 3072;
}

void Lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  fuse_entry_param entry{};
  entry.entry_timeout = kForever;
  if (parent == 1) {
    for (size_t d = 0; d < directories.size(); ++d) {
      if (std::strcmp(directories[d].name, name) == 0) entry = EntryOf(2 + d);
    }
  } else {
    const Directory& directory = directories[parent - 2];
    uint64_t number = std::strtoull(name, nullptr, 10);
    if (number < directory.count && FileName(directory, number) == name)
      entry = EntryOf((parent - 1) << 32 | number);
  }
  fuse_reply_entry(request, &entry);
}

void Getattr(fuse_req_t request, fuse_ino_t node, fuse_file_info*) {
  struct stat info = StatOf(node);
  fuse_reply_attr(request, &info, kForever);
}

// libfuse's own answer would cost a message for each open, and the pages.
void Open(fuse_req_t request, fuse_ino_t, fuse_file_info*) { fuse_reply_err(request, ENOSYS); }

void Readdirplus(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  std::vector<char> buffer(size);
  size_t used = 0;
  uint64_t count = node == 1 ? directories.size() : directories[node - 2].count;
  for (uint64_t i = uint64_t(offset); i < count; ++i) {
    fuse_entry_param entry = EntryOf(node == 1 ? 2 + i : (node - 1) << 32 | i);
    std::string name = node == 1 ? directories[i].name : FileName(directories[node - 2], i);
    size_t need = fuse_add_direntry_plus(request, buffer.data() + used, size - used, name.c_str(),
                                         &entry, off_t(i + 1));
    if (need > size - used) break;
    used += need;
  }
  fuse_reply_buf(request, buffer.data(), used);
}

void Read(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  uint64_t end = directories[(node >> 32) - 1].size;
  uint64_t begin = std::min<uint64_t>(uint64_t(offset), end);
  fuse_reply_buf(request, zeros.data(), std::min<uint64_t>(size, end - begin));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: null_fuse MOUNTPOINT COUNT SIZE NAMES LABELS LABEL_SIZE\n");
    return 2;
  }
  directories = {
      {"images", ".jpg", std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10)},
      {"names", ".txt", std::strtoull(argv[4], nullptr, 10), 0},
      {"labels", ".txt", std::strtoull(argv[5], nullptr, 10), std::strtoull(argv[6], nullptr, 10)}};
  zeros.assign(1 << 20, 0);
  fuse_lowlevel_ops ops{};
  ops.init = Init;
  ops.lookup = Lookup;
  ops.getattr = Getattr;
  ops.open = Open;
  ops.readdirplus = Readdirplus;
  ops.read = Read;
  char name[] = "null_fuse", option[] = "-oro,fsname=null,subtype=null";
  char* words[] = {name, option, nullptr};
  fuse_args arguments = FUSE_ARGS_INIT(2, words);
  fuse_session* session = fuse_session_new(&arguments, &ops, sizeof ops, nullptr);
  if (session == nullptr || fuse_set_signal_handlers(session) != 0 ||
      fuse_session_mount(session, argv[1]) != 0)
    return 1;
  fuse_loop_config* config = fuse_loop_cfg_create();
  fuse_loop_cfg_set_max_threads(config, 4);
  int result = fuse_session_loop_mt(session, config);
  fuse_loop_cfg_destroy(config);
  fuse_session_unmount(session);
  fuse_remove_signal_handlers(session);
  fuse_session_destroy(session);
  return result == 0 ? 0 : 1;
}
