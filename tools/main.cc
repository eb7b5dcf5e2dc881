#include <iostream>
#include <string>
#include <vector>

#include "cache/base/text.h"
#include "tools/command.h"

int main(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  // mount(8) runs mount.annofs SOURCE MOUNTPOINT -o OPTIONS for a line of fstab.
  if (annofs::BaseName(argv[0]) == "mount.annofs") arguments.insert(arguments.begin(), "mount");
  return annofs::RunAnnofs(arguments, {std::cout, std::cerr});
}
