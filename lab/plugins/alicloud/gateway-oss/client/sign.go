package client

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	spi "github.com/alibabacloud-go/alibabacloud-gateway-spi/client"
	"github.com/alibabacloud-go/tea/tea"
)

// subresources are the query parameters that are signed.
var subresources = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`
		accessPoint accessPointPolicy accessmonitor acl append bucketArchiveDirectRead bucketInfo callback
		callback-var cleanRestoredObject cname comp continuation-token cors delete encryption endTime group
		httpsConfig img inventory inventoryId lifecycle link live location logging metaQuery objectInfo
		objectMeta objectWorm overwriteConfig partNumber policy policyStatus position publicAccessBlock qos
		qosInfo qosRequester redundancyTransition referer regionList replication replicationLocation
		replicationProgress requestPayment resourceGroup response-cache-control response-content-disposition
		response-content-encoding response-content-language response-content-type response-expires
		responseHeader restore rtc security-token startTime stat status style styleName symlink tagging
		transferAcceleration udf udfApplication udfApplicationLog udfId udfImage udfImageDesc udfName
		uploadId uploads userDefinedLogFieldsConfig versionId versioning versions vod website worm
		wormExtend wormId x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask x-oss-ac-vpc-id
		x-oss-async-process x-oss-process x-oss-redundancy-transition-taskid x-oss-request-payer
		x-oss-target-redundancy-type x-oss-traffic-limit x-oss-write-get-object-response`) {
		names[name] = true
	}
	return names
}()

// sign adds the header signature, version 1, unless the call is anonymous.
func sign(request *spi.InterceptorContextRequest, resource string) error {
	if strings.EqualFold(tea.StringValue(request.AuthType), "Anonymous") || request.Credential == nil {
		return nil
	}
	credential, err := request.Credential.GetCredential()
	if err != nil {
		return err
	}
	if token := tea.StringValue(credential.SecurityToken); token != "" {
		request.Headers["x-oss-security-token"] = tea.String(token)
	}
	mac := hmac.New(sha1.New, []byte(tea.StringValue(credential.AccessKeySecret)))
	mac.Write([]byte(stringToSign(tea.StringValue(request.Method), resource, request.Query, request.Headers)))
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	request.Headers["authorization"] = tea.String("OSS " + tea.StringValue(credential.AccessKeyId) + ":" + signature)
	return nil
}

func stringToSign(method, resource string, query, headers map[string]*string) string {
	var text strings.Builder
	text.WriteString(method + "\n")
	for _, key := range []string{"content-md5", "content-type", "date"} {
		text.WriteString(tea.StringValue(headers[key]) + "\n")
	}
	for _, key := range slices.Sorted(maps.Keys(headers)) {
		if strings.HasPrefix(key, "x-oss-") {
			text.WriteString(key + ":" + strings.TrimSpace(tea.StringValue(headers[key])) + "\n")
		}
	}
	text.WriteString(resource)
	separator := "?"
	for _, key := range slices.Sorted(maps.Keys(query)) {
		if !subresources[key] {
			continue
		}
		text.WriteString(separator + key)
		if value := tea.StringValue(query[key]); value != "" {
			text.WriteString("=" + value)
		}
		separator = "&"
	}
	return text.String()
}
