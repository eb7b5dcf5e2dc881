# What `cpack` makes in the build directory: a .deb for Debian 12 and an archive to unpack below /usr/local. Included by the root's CMakeLists.txt.
set(ANNOFS_MAINTAINER "annofs developers <annofs@annofs.invalid>" CACHE STRING
    "who answers for the package: NAME <ADDRESS>")
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_CONTACT ${ANNOFS_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGE_DESCRIPTION
"Mounts a Backblaze B2 or S3 bucket, or a local directory, read-only, and
shows the CVAT annotations in it as files: labels beside each image, trees
that trainers read as they are, and each of CVAT's own export formats.
Nothing is copied beforehand; what was read once is in a local cache.
It also checks, counts and exports annotations without a mount, and has an
emulator of B2 for tests.")
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_FILE_NAME
    ${PROJECT_NAME}-${PROJECT_VERSION}-${CMAKE_SYSTEM_NAME}-${CMAKE_SYSTEM_PROCESSOR})
# Directories that others share must be 0755, whatever the umask of who packs.
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ
    GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# fusermount3, and the certificates that TLS needs.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "fuse3, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "fuse-overlayfs")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
