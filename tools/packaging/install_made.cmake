# Runs when the project is installed, after install_settings.cmake: makes below ${made} what no source file is, and installs it.
file(REMOVE_RECURSE "${made}")
file(MAKE_DIRECTORY "${made}")

# A file of ${made} or of the sources goes to a directory below the prefix.
function(put directory)
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/${directory}" TYPE FILE FILES ${ARGN})
endfunction()

# Without name and time, so that the same source is the same bytes.
function(compress from to)
  execute_process(COMMAND gzip -9nc "${from}" OUTPUT_FILE "${to}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# A package of Debian: its places for the licence and for zsh's completions are its own.
if("${CMAKE_INSTALL_PREFIX}" MATCHES "(^|/)usr$" AND EXISTS /etc/debian_version)
  set(debian TRUE)
else()
  set(debian FALSE)
endif()

# mount(8) runs mount.TYPE of /sbin.
file(CREATE_LINK "${mount_link}" "${made}/mount.annofs" SYMBOLIC)
put("${sbin}" "${made}/mount.annofs")

foreach(page IN LISTS man_pages)
  get_filename_component(name "${page}" NAME)
  string(REGEX MATCH "[0-9]$" section "${name}")
  compress("${page}" "${made}/${name}.gz")
  put("${man}/man${section}" "${made}/${name}.gz")
endforeach()
file(CREATE_LINK ../man1/annofs.1.gz "${made}/mount.annofs.8.gz" SYMBOLIC)
put("${man}/man8" "${made}/mount.annofs.8.gz")

if(debian)
  configure_file("${source}/LICENSE" "${made}/copyright" COPYONLY)
  put("${doc}" "${made}/copyright")
  compress("${source}/tools/packaging/changelog" "${made}/changelog.gz")
  put("${doc}" "${made}/changelog.gz")
  set(zsh zsh/vendor-completions)
else()
  put("${doc}" "${source}/LICENSE")
  set(zsh zsh/site-functions)
endif()

# The program prints its own completions: nothing to keep in step. One that was built for another
# machine cannot.
function(complete shell directory name)
  execute_process(COMMAND "${program}" completion ${shell} OUTPUT_FILE "${made}/${name}"
                  RESULT_VARIABLE code ERROR_VARIABLE said)
  if(code EQUAL 0)
    put("${share}/${directory}" "${made}/${name}")
  else()
    message(WARNING "no completions for ${shell}: ${said}${code}")
  endif()
endfunction()
if(cross)
  message(STATUS "no completions: the program does not run on this machine")
else()
  complete(bash bash-completion/completions annofs)
  complete(zsh ${zsh} _annofs)
  complete(fish fish/vendor_completions.d annofs.fish)
endif()
