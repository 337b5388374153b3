// Sluice in Azure Container Apps: an app that serves requests, and a job that is started by the queue of exports.
// docs/container-apps.md says how it is deployed.

targetScope = 'resourceGroup'

@description('Begins the names of all resources: 3 to 12 lower-case letters and digits, such as fhirprod.')
@minLength(3)
@maxLength(12)
param name string

@description('The image that you built from the Dockerfile, with its registry, such as registry.azurecr.io/sluice:0.1.0.')
param image string

@description('The name of the Azure Container Registry of the image, in this resource group; empty for a public registry.')
param registry string = ''

param location string = resourceGroup().location

@description('The URL of the FHIR base that clients use; empty for the name that Container Apps gives.')
param baseUrl string = ''

@description('Who may use the server: smart = clients with tokens of this server, oidc = of your OpenID provider.')
@allowed(['smart', 'oidc'])
param securityMode string = 'smart'

@description('More settings of docs/configuration.md, as variables: { name: \'SLUICE_EXPORT_COMPRESSION\', value: \'gzip\' }')
param settings array = []

@description('The password of the role sluice in the database.')
@secure()
@minLength(16)
param databasePassword string

@description('The size of the database server, and its disk in GB.')
param databaseSku string = 'Standard_D2ds_v5'
param databaseTier string = 'GeneralPurpose'
param databaseDiskGb int = 256

@description('Processes that serve requests.')
@minValue(1)
param minReplicas int = 1
param maxReplicas int = 4

@description('Workers that run at the same time at most. Each writes as many units at a time as it has cores.')
@minValue(1)
param maxWorkers int = 8

// Steps that wait and steps that run, and jobs whose files are to be erased (docs/workers.md).
var openSteps = 'select (select coalesce(sum(waiting + running), 0) from work_queue) + (select count(*) from job where status in (\'FAILED\', \'DISCARDED\') and not erased)'

var databaseName = 'sluice'
var databaseUser = 'sluice'
var blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var blobDelegator = 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-sluice'
  location: location
}

// The network: the database has no public address.

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: '${name}-network'
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.20.0.0/23'
          delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'database'
        properties: {
          addressPrefix: '10.20.2.0/28'
          delegations: [{ name: 'database', properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' } }]
        }
      }
    ]
  }

  resource apps 'subnets' existing = {
    name: 'apps'
  }

  resource database 'subnets' existing = {
    name: 'database'
  }
}

resource databaseZone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: 'network'
    location: 'global'
    properties: {
      registrationEnabled: false
      virtualNetwork: { id: network.id }
    }
  }
}

// The database.

resource database 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-database'
  location: location
  sku: { name: databaseSku, tier: databaseTier }
  properties: {
    version: '17'
    administratorLogin: databaseUser
    administratorLoginPassword: databasePassword
    storage: { storageSizeGB: databaseDiskGb, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    network: {
      delegatedSubnetResourceId: network::database.id
      privateDnsZoneArmResourceId: databaseZone.id
    }
  }
  dependsOn: [databaseZone::link]

  resource store 'databases' = {
    name: databaseName
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }
}

// The storage: no keys, only identities.

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}sluice'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
}

resource storageRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [blobDataContributor, blobDelegator]: {
    name: guid(storage.id, identity.id, role)
    scope: storage
    properties: {
      principalId: identity.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource images 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = if (!empty(registry)) {
  name: empty(registry) ? 'none' : registry
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(registry)) {
  name: guid(images.id, identity.id, acrPull)
  scope: images
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

// The processes.

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: '${name}-logs'
  location: location
  properties: { retentionInDays: 30, sku: { name: 'PerGB2018' } }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: '${name}-environment'
  location: location
  properties: {
    vnetConfiguration: { infrastructureSubnetId: network::apps.id }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: {
        customerId: logs.properties.customerId
        sharedKey: logs.listKeys().primarySharedKey
      }
    }
  }
}

var registries = empty(registry) ? [] : [{ server: '${registry}.azurecr.io', identity: identity.id }]
var secrets = [{ name: 'database-password', value: databasePassword }]

// The same for all processes, since a job may be planned by any of them.
var variables = concat(
  [
    {
      name: 'SPRING_DATASOURCE_URL'
      value: 'jdbc:postgresql://${database.properties.fullyQualifiedDomainName}:5432/${databaseName}?sslmode=require'
    }
    { name: 'SPRING_DATASOURCE_USERNAME', value: databaseUser }
    { name: 'SPRING_DATASOURCE_PASSWORD', secretRef: 'database-password' }
    { name: 'SLUICE_STORAGE_KIND', value: 'azure' }
    { name: 'SLUICE_STORAGE_AZURE_ACCOUNTURL', value: 'https://${storage.name}.blob.${az.environment().suffixes.storage}' }
    { name: 'SLUICE_STORAGE_AZURE_CREDENTIAL', value: 'managed-identity' }
    { name: 'SLUICE_STORAGE_AZURE_CLIENTID', value: identity.properties.clientId }
    {
      name: 'SLUICE_BASEURL'
      value: empty(baseUrl) ? 'https://${name}-api.${environment.properties.defaultDomain}/fhir' : baseUrl
    }
    { name: 'SLUICE_SECURITY_MODE', value: securityMode }
  ],
  settings
)

resource api 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${name}-api'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      secrets: secrets
      registries: registries
      ingress: {
        external: true
        targetPort: 8080
        transport: 'auto'
        allowInsecure: false
        // People who sign in to the console need the same process again.
        stickySessions: { affinity: 'sticky' }
      }
    }
    template: {
      terminationGracePeriodSeconds: 60
      containers: [
        {
          name: 'sluice'
          image: image
          resources: { cpu: json('1.0'), memory: '2Gi' }
          env: concat(variables, [
            { name: 'SLUICE_ROLE', value: 'api' }
            // The proxies of Container Apps.
            { name: 'SLUICE_WEB_TRUSTEDPROXIES', value: '100.100.0.0/16,10.20.0.0/23' }
          ])
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/actuator/health/liveness', port: 8080 }
              // A migration of a large store takes minutes; Container Apps permits ten failures.
              periodSeconds: 60
              failureThreshold: 10
            }
            {
              type: 'Liveness'
              httpGet: { path: '/actuator/health/liveness', port: 8080 }
              periodSeconds: 10
              timeoutSeconds: 5
              failureThreshold: 6
            }
            {
              type: 'Readiness'
              httpGet: { path: '/actuator/health/readiness', port: 8080 }
              periodSeconds: 5
              timeoutSeconds: 5
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [{ name: 'requests', http: { metadata: { concurrentRequests: '50' } } }]
      }
    }
  }
  dependsOn: [database::store, storageRoles, pull]
}

resource worker 'Microsoft.App/jobs@2024-03-01' = {
  name: '${name}-worker'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      secrets: secrets
      registries: registries
      triggerType: 'Event'
      // A worker that runs for a day is ended, and hands its units back; the queue starts another one.
      replicaTimeout: 86400
      // What a worker could not do waits in the queue, so a start that failed is not repeated.
      replicaRetryLimit: 0
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: maxWorkers
          pollingInterval: 15
          rules: [
            {
              name: 'queue'
              type: 'postgresql'
              metadata: {
                host: database.properties.fullyQualifiedDomainName
                port: '5432'
                dbName: databaseName
                userName: databaseUser
                sslmode: 'require'
                query: openSteps
                targetQueryValue: '4'
              }
              auth: [{ secretRef: 'database-password', triggerParameter: 'password' }]
            }
          ]
        }
      }
    }
    template: {
      containers: [
        {
          name: 'sluice'
          image: image
          args: ['work', '--until-idle']
          resources: { cpu: json('2.0'), memory: '4Gi' }
          env: concat(variables, [{ name: 'SLUICE_EXPORT_WORKERS', value: '2' }])
        }
      ]
    }
  }
  dependsOn: [database::store, storageRoles, pull]
}

@description('The URL of the FHIR base.')
output fhirBase string = empty(baseUrl) ? 'https://${api.properties.configuration.ingress.fqdn}/fhir' : baseUrl
