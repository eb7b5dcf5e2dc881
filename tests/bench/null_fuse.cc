// A FUSE daemon that does nothing: the ceiling that the kernel and libfuse set. Same kernel
// settings as annofs: no message for open, readdirplus, attributes for ever.
//
// Usage: null_fuse MOUNTPOINT NAME,SUFFIX,FILES,SIZE[,DIRECTORIES]...
// Each is a directory of the root with FILES files of SIZE zero bytes, named by their number and
// SUFFIX; with DIRECTORIES, it has that many directories of FILES files each.

#include <fuse_lowlevel.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Directory {
  std::string name;
  std::string suffix;
  uint64_t files = 0;
  uint64_t size = 0;
  uint64_t directories = 0;  // 0: it has the files itself
};
std::vector<Directory> directories;

// A node other than the root: the place of a directory of the root, that of a directory in it, that
// of a file; each from 1, 0 where there is none.
struct Place {
  uint64_t top = 0, directory = 0, file = 0;

  explicit Place(fuse_ino_t node)
      : top(node >> 48), directory(node >> 24 & 0xffffff), file(node & 0xffffff) {}
  Place(uint64_t top, uint64_t directory, uint64_t file)
      : top(top), directory(directory), file(file) {}
  fuse_ino_t node() const { return top << 48 | directory << 24 | file; }
  const Directory& shape() const { return directories[top - 1]; }
  bool HasDirectories() const { return directory == 0 && shape().directories > 0; }
  uint64_t Children() const { return HasDirectories() ? shape().directories : shape().files; }
  Place Child(uint64_t number) const {
    return HasDirectories() ? Place(top, number + 1, 0) : Place(top, directory, number + 1);
  }
};

std::string zeros;
constexpr double kForever = std::numeric_limits<double>::max();

struct stat StatOf(fuse_ino_t node) {
  struct stat info {};
  info.st_ino = node;
  info.st_nlink = 1;
  const bool is_file = node != FUSE_ROOT_ID && Place(node).file != 0;
  info.st_mode = is_file ? S_IFREG | 0444 : S_IFDIR | 0555;
  info.st_size = is_file ? off_t(Place(node).shape().size) : 0;
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

std::string ChildName(const Place& parent, uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%06lu", number);
  return parent.HasDirectories() ? text : text + parent.shape().suffix;
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
  if (parent == FUSE_ROOT_ID) {
    for (uint64_t top = 1; top <= directories.size(); ++top) {
      if (directories[top - 1].name == name) entry = EntryOf(Place(top, 0, 0).node());
    }
  } else {
    const Place place(parent);
    const uint64_t number = std::strtoull(name, nullptr, 10);
    if (number < place.Children() && ChildName(place, number) == name)
      entry = EntryOf(place.Child(number).node());
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
  const bool is_root = node == FUSE_ROOT_ID;
  const uint64_t count = is_root ? directories.size() : Place(node).Children();
  for (uint64_t i = uint64_t(offset); i < count; ++i) {
    const Place child = is_root ? Place(i + 1, 0, 0) : Place(node).Child(i);
    const std::string name = is_root ? directories[i].name : ChildName(Place(node), i);
    fuse_entry_param entry = EntryOf(child.node());
    size_t need = fuse_add_direntry_plus(request, buffer.data() + used, size - used, name.c_str(),
                                         &entry, off_t(i + 1));
    if (need > size - used) break;
    used += need;
  }
  fuse_reply_buf(request, buffer.data(), used);
}

void Read(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  uint64_t end = Place(node).shape().size;
  uint64_t begin = std::min<uint64_t>(uint64_t(offset), end);
  fuse_reply_buf(request, zeros.data(), std::min<uint64_t>(size, end - begin));
}

// False if the text is none.
bool AddDirectory(const std::string& text) {
  std::istringstream words(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(words, part, ',');) parts.push_back(part);
  if (parts.size() < 4 || parts.size() > 5) return false;
  const auto number = [&parts](size_t i) { return std::strtoull(parts[i].c_str(), nullptr, 10); };
  directories.push_back(
      {parts[0], parts[1], number(2), number(3), parts.size() > 4 ? number(4) : 0});
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  bool understood = argc > 2;
  for (int i = 2; i < argc; ++i) understood &= AddDirectory(argv[i]);
  if (!understood) {
    std::fprintf(stderr, "usage: null_fuse MOUNTPOINT NAME,SUFFIX,FILES,SIZE[,DIRECTORIES]...\n");
    return 2;
  }
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
