/* Looks a name up as any program does, and prints the addresses; the status is getaddrinfo's. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found, *each;
	char text[INET6_ADDRSTRLEN];
	int status = argc == 2 ? getaddrinfo(argv[1], NULL, &hints, &found) : EAI_FAIL;

	if (status != 0)
		return 1;
	for (each = found; each; each = each->ai_next) {
		const void *address = each->ai_family == AF_INET
			? (const void *)&((struct sockaddr_in *)each->ai_addr)->sin_addr
			: (const void *)&((struct sockaddr_in6 *)each->ai_addr)->sin6_addr;
		puts(inet_ntop(each->ai_family, address, text, sizeof text));
	}
	return 0;
}
